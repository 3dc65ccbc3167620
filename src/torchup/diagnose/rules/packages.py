"""Causes at Python packages of two ages."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign

RULES: Final = (
    Rule(
        code="python-package-version-conflict",
        signs=(
            Sign(64, "cannot import name", r"cannot import name ['\"]\w+['\"] from ['\"](?:huggingface_hub|transformers|diffusers|accelerate|peft|datasets|tokenizers)\."),
            Sign(62, "x509_v_flag"),
            Sign(70, "resolve to different versions"),
            Sign(74, "cannot import name", r"cannot import name ['\"]\w+['\"] from ['\"](?:huggingface_hub|transformers|diffusers|accelerate|peft|datasets|tokenizers|gradio|pydantic|starlette|typing_extensions|pytorch_lightning|lightning|torchmetrics|timm|albumentations|scipy|sklearn|skimage|PIL|jinja2|markupsafe|werkzeug|flask|collections|fractions|packaging|urllib3|requests|click|numpy|omegaconf|hydra|einops|librosa|networkx|protobuf|google\.protobuf|jax|triton|xformers|open_clip|clip|basicsr|mmcv|mmengine|mmdet|gym|gymnasium|tensorboard|pkg_resources|importlib\w*|torch(?:\.\w+)*|torchmetrics(?:\.\w+)*)"),
            Sign(64, "cannot import name", r"cannot import name ['\"]\w+['\"] from ['\"][\w.]+['\"] \((?:/|[A-Z]:\\).{0,200}(?:site|dist)-packages"),
            Sign(72, "has no attribute", r"module ['\"](?:numpy|np|PIL\.Image|collections|inspect|scipy\S*|pkgutil|torch\.\w+|torch|transformers|cv2|gradio|librosa|networkx|pyarrow|torch\.optim\.lr_scheduler|typing)['\"] has no attribute ['\"](?:float|int|bool|object|str|long|complex|typeDict|ANTIALIAS|LINEAR|Mapping|MutableMapping|Callable|Iterable|getargspec|ImpImporter|PyExtensionType|uint64|get_default_device|is_autocast\w*|pytree|_pytree|xpu|compiler|sdpa|float8\w*|register_pytree_node|LRScheduler|load_state_dict_from_url|infer_schema|custom_op|library|_utils\w*)"),
            Sign(72, "is a deprecated alias", r"`np\.(?:int|float|bool|object|str)` was a deprecated alias"),
            Sign(74, "descriptors cannot", r"Descriptors cannot (?:not )?be created directly"),
            Sign(72, "is required for a normal functioning of this module"),
            Sign(70, "versionconflict", r"(?:pkg_resources\S*|importlib\S*)?\.?(?:Contextual)?VersionConflict"),
            Sign(66, "register_pytree_node", r"_pytree.{0,60}has no attribute '?_?register_pytree_node|has no attribute 'register_pytree_node'"),
            Sign(66, "unexpected keyword argument", r"(?:__init__|forward|_\w+)\(\) got an unexpected keyword argument ['\"](?:proxies|use_auth_token|dtype_policy|device_ids|proxy)"),
            Sign(62, "no module named", r"No module named ['\"](?:transformers|diffusers|huggingface_hub|pytorch_lightning|lightning|torchmetrics|torch|sklearn|scipy|PIL|gradio|pydantic)\.[\w.]+['\"]"),
            Sign(60, "requires transformers", r"(?:requires|needs) (?:transformers|diffusers|accelerate|peft|huggingface[_-]hub|tokenizers)\s?[<>=]=?\S+"),
            Sign(60, "tokenizers", r"tokenizers>=\S+ is required"),
        ),
    ),
    Rule(
        code="setuptools-too-new",
        signs=(
            Sign(82, "canonicalize_version()", r"unexpected keyword argument 'strip_trailing_zero'"),
            Sign(80, "safeconfigparser", r"has no attribute"),
            Sign(74, "no module named", r"No module named '(?:asyncore|asynchat|audioop|cgi|imghdr|pipes|smtpd|telnetlib|lib2to3|_distutils_hack)\S*'"),
            Sign(66, "invalid command 'bdist_wheel'"),
            Sign(93, "module 'distutils' has no attribute 'version'"),
            Sign(76, "from 'distutils", r"cannot import name ['\"]\w+['\"] from ['\"]distutils"),
            Sign(90, "no module named 'pkg_resources'"),
            Sign(86, "no module named 'distutils"),
            Sign(82, "pkg_resources", r"(?:No module named|cannot import name).{0,40}pkg_resources|cannot import name ['\"]packaging['\"] from ['\"]pkg_resources"),
            Sign(80, "'install_layout'"),
            Sign(80, "use_2to3 is invalid"),
            Sign(78, "pkgutil", r"module 'pkgutil' has no attribute 'ImpImporter'"),
            Sign(76, "dash-separated", r"(?:Invalid dash-separated|dash-separated .{0,40} (?:will|is) not be? supported)"),
            Sign(74, "setuptools", r"setuptools(?:\S* \d+)?.{0,80}(?:removed|dropped|no longer|incompatible|too new)|cannot import name ['\"]\w+['\"] from ['\"]setuptools"),
            Sign(70, "no module named 'setuptools"),
            Sign(70, "no module named 'imp'"),
            Sign(66, "test_command", r"No module named 'setuptools\.command\.test'|has no attribute 'test_command'"),
        ),
        over=("pip-dependency-conflict",),
    ),
)  # fmt: skip
