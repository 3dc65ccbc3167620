"""Python's import system, and what modules of two ages say of each other.

CPython: ``Lib/importlib/_bootstrap.py``, ``Python/import.c``, ``Objects/moduleobject.c``
("partially initialized module", "consider renaming").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.diagnose.rule import Sign
from torchup.diagnose.rules.phrases import GONE_FROM_PYTHON

if TYPE_CHECKING:
    import re

_OTHER_LIBRARIES: Final = frozenset(
    (
        "pygame",
        "turtle",
        "openai",
        "anthropic",
        "langchain",
        "embedchain",
        "discord",
        "telegram",
        "serial",
        "whisper",
        "gym",
        "mlflow",
        "optuna",
        "pydub",
        "wandb",
    )
)
"""Import names, beyond those of the facts, that people give their own first script."""

_ELSEWHERE: Final = (
    r"(?:site|dist)-packages|[/\\][Ll]ib[/\\]python\d|[/\\][Ll]ib[/\\]\w+\.py\b|<frozen"
)
_CLASHING: Final = (
    r"(?:huggingface_hub|transformers|diffusers|accelerate|peft|trl|datasets|tokenizers|gradio\w*"
    r"|pydantic\w*|starlette|fastapi|typing_extensions|pytorch_lightning|lightning\w*|torchmetrics|timm"
    r"|albumentations|scipy|sklearn|skimage|PIL|jinja2|markupsafe|werkzeug|flask\w*|packaging|urllib3"
    r"|requests\w*|click|numpy|pandas|omegaconf|hydra|einops|librosa|networkx|protobuf|google\.protobuf"
    r"|jax\w*|xformers|open_clip|clip|basicsr|mmcv|mmengine|mmdet\w*|gym|gymnasium|tensorboard\w*"
    r"|importlib\w*|langchain\w*|llama_index\w*|openai|httpx|anyio|keras\w*|tensorflow\w*|nltk|spacy"
    r"|thinc|fastai|fastcore|ultralytics|supervision|kornia|monai|optimum\w*|auto_gptq|vllm|ray"
    r"|deepspeed|fairseq|sentence_transformers|moviepy|imageio|cv2|setfit|evaluate|wandb|matplotlib\w*"
    r"|IPython\w*|ipywidgets|traitlets|jupyter\w*|notebook|nbconvert|pyarrow|fsspec|attr|attrs|rich"
    r"|torch_geometric|dgl|pyparsing|charset_normalizer|OpenSSL|cryptography|websockets|altair"
    r"|streamlit|torchao|torchtune|outlines|compressed_tensors|lmdeploy|sglang|cchardet|chardet)"
)


_NOT_IN_ALL: Final = (
    r"(?:proxies|use_auth_token|evaluation_strategy|dispatch_batches|multichannel|sparse|verbose"
    r"|return_complex|weights_only|enable_gqa|keep_torch_compile|num_items_in_batch|cache_position"
    r"|dataset_text_field|max_seq_length|resume_download|ignore_verifications|device_type"
    r"|dtype_policy|batch_shape|strip_trailing_zero|attn_implementation|torch_dtype)"
)
"""Arguments that a release of torch, scikit-learn, Hugging Face's libraries or httpx took up or gave
up, by their changelogs: who passes one was written for another release."""
_FROM_LIBRARY: Final = r"[/\\](?:site|dist)-packages[/\\](?!(?:torch|conda\w*|pip|numpy)[/\\])[^\n]*\.py\"?, line \d+, in \S+\n"
_COMPILED: Final = r"(?:\w*_(?:cuda|ext|cpp|C|ops|gpu|kernels?|cext|cpu)|_ext|_C|_cuda)"
"""Names that people give to the compiled part of a package."""
_OWN_NAMES: Final = (
    r"(?:utils?|models?|modules?|config\w*|cfg|datas?\w*|lib|libs|src|main|app|common|core|helpers?"
    r"|train\w*|tests?|eval\w*|tools?|network\w*|nets?|losses|loss|args|options?|opts?|my\w*)"
)
_STATEMENT: Final = r"[^\n]+\n(?:[\s^~]*\n)?"
"""A line of code, and under it the marks that newer versions of Python print."""


def _is_known(match: re.Match[str]) -> float:
    """Tell whether a name is a library's, so that a file of that name hides one."""
    from torchup.facts.projects import load_import_facts

    known, name = load_import_facts(), match["name"]
    others = _OTHER_LIBRARIES
    return float(known.is_standard(name) or bool(known.brings(name)) or name in others)


SIGNS: Final[dict[str, tuple[Sign, ...]]] = {
    "shadowing-local-file": (
        # The file that is imported bears the module's own name, and lies outside of every library.
        Sign(86, "partially initialized module", rf"from partially initialized module ['\"](?P<name>\w+)['\"].{{0,60}}\((?!.*(?:{_ELSEWHERE}))\S*[/\\](?P=name)(?:\.py|[/\\]__init__\.py)\)", 0, (), _is_known),
        Sign(86, "consider renaming", r"\(consider renaming ['\"](?:[^'\"]*[/\\])?(?P<name>\w+)\.py['\"]", 0, (), _is_known),
        Sign(70, "partially initialized module", r"AttributeError: partially initialized module ['\"](?!torch(?:vision|audio|text)?['\".]|cv2|charset_normalizer|pandas|jax|tensorflow|numpy\.|matplotlib\.)(?P<name>\w+)['\"] has no attribute ['\"](?!_)\w+['\"]", 0, (), _is_known),
        # A file that imports its own name; and a name without a folder, which is mostly that.
        Sign(80, "partially initialized module", r"[/\\](?P<name>\w+)\.py\"?, line \d+, in <module>\n\s*(?:from|import) (?P=name)\b[\s\S]*partially initialized module", 0, (), None, 12),
        Sign(50, "partially initialized module", rf"partially initialized module ['\"](?!torch|numpy|pandas|cv2|{_OWN_NAMES}['\"])\w+['\"](?: has no attribute .*)?(?: \(most likely due to a circular import\)?)?\s*$"),
        Sign(58, "partially initialized module", r"partially initialized module ['\"](?P<name>\w+)['\"][\s\S]*File \"\S*[/\\](?!(?P=name))\w+\.py\", line 1, in <module>\n\s*from (?P=name)", 4),
        Sign(66, "partially initialized module", r"AttributeError: partially initialized module ['\"](?:torch\.(?:onnx|profiler|random|types|quantization|distributed)|matplotlib\.\w+)['\"] has no attribute ['\"](?!_)"),
        Sign(70, "is not a package", r"No module named ['\"](\w+)\.[\w.]+['\"]; ['\"]\1['\"] is not a package"),
        Sign(64, "unknown location", r"cannot import name ['\"](?!_C['\"])\w+['\"] from ['\"](?:utils|models?|datasets?|torch|lib|data|src|common|config|tools?)['\"] \(unknown location\)"),
        Sign(66, "unknown location", r"cannot import name ['\"](?!_C['\"])\w+['\"] from ['\"](?:torch|torchvision|numpy|transformers)(?:\.\w+)*['\"] \(unknown location\)"),
        Sign(70, "has no attribute", rf"module ['\"](?:json|re|abc|email|http|html|csv|time|datetime|math|string|struct|threading|subprocess|multiprocessing|tempfile|argparse|asyncio|secrets|operator|ast|io|codecs|numbers|tokenize|glob|shutil)['\"] has no attribute ['\"](?!_|{GONE_FROM_PYTHON}['\"])"),
    ),
    "python-package-version-conflict": (
        Sign(72, "numpy.", r"type object 'numpy\.\w+' has no attribute '__\w+__'"),
        Sign(86, "torch._six", r"No module named ['\"]?torch\._six|from ['\"]torch\._six"),
        # Its parts come and go with its releases; where all of it is missing, Python names it alone.
        Sign(80, "no module named 'triton."),
        Sign(80, "functional_tensor", r"torchvision\.transforms\.functional_tensor"),
        Sign(78, "pillow_version"),
        Sign(66, "cannot import name", r"cannot import name ['\"]?[A-Za-z]\w+['\"]?\s*$"),
        Sign(70, "cannot import name", rf"cannot import name ['\"]?\w+['\"]? from ['\"]{_CLASHING}(?:\.[\w.]+)?['\"](?! \((?!.*(?:site|dist)-packages)(?:/|[A-Z]:\\)\S*[/\\]\w+\.py\))"),
        Sign(66, "no module named", rf"No module named ['\"]?{_CLASHING}\.[\w.]+"),
        Sign(70, "no module named", r"No module named ['\"]?(?:numpy\.(?:core\._multiarray_umath|_core|char|rec|strings)|scipy\.misc|sklearn\.externals|sklearn\.utils\.(?:linear_assignment_|testing)|torch\._six|torch\.(?:_dynamo|_inductor|fx\.\w+|ao|distributed\.\w+|nn\.attention|library|compiler|export|utils\._\w+|optim\.\w+)|torchvision\.(?:models|transforms|ops|prototype|datasets)\.\w+|collections\.abc|tensorflow\.contrib|keras\.(?:engine|layers|utils)\.\w+|pytorch_lightning\.\w+(?:\.\w+)*)"),
        Sign(66, "has no attribute", rf"module ['\"]{_CLASHING}(?:\.[\w.]+)?['\"] has no attribute ['\"]\w+"),
        Sign(68, "has no attribute", r"module ['\"](?:torch|torch\.(?:nn(?:\.\w+)*|cuda(?:\.\w+)*|utils(?:\.\w+)*|backends(?:\.\w+)*|fx(?:\.\w+)*|amp|ao|distributed(?:\.\w+)*|library|jit|_utils|_dynamo|_inductor(?:\.\w+)*|optim(?:\.\w+)*|onnx|onnx\.\w+|compiler|export|func|profiler|serialization|storage|special|linalg|fft|quantization|sparse|mps|xpu|random|autograd(?:\.\w+)*))['\"] has no attribute ['\"](?!C['\"]|_C['\"]|version['\"]|__version__|UntypedStorage|_tensor['\"])"),
        Sign(70, "was removed in the numpy"),
        # What releases of Python took away, or took up: 3.10's unions of types.
        Sign(70, "has no attribute", rf"module ['\"](?:inspect|collections|time|asyncio|string|platform|types|random|html|cgi|base64|itertools|os|sys|pkgutil|importlib|locale|ast|fractions|math|typing|gettext|threading|json|plistlib|abc|array|unittest|logging|configparser)(?:\.\w+)?['\"] has no attribute ['\"]{GONE_FROM_PYTHON}['\"]"),
        Sign(72, "unsupported operand type(s) for |", r"for \|: ['\"](?:type|types\.\w+|_\w*GenericAlias|\w*Meta\w*|builtin_function_or_method|NoneType)['\"] and ['\"](?:type|NoneType|types\.\w+|_\w*GenericAlias|\w*Meta\w*)['\"]"),
        # transformers' table of the models that it knows.
        Sign(74, "configuration_auto.py", r"in __getitem__\n(?:[^\n]*\n){1,2}\s*KeyError: ", 3),
        Sign(74, "is incompatible with", r"this version of \S+ is incompatible with \S+"),
        Sign(66, "has the wrong size", r"(?:numpy|dtype|ndarray|ufunc).{0,20}has the wrong size"),
        Sign(70, "numpy.float", r"numpy(?:\.\w+)? (?:has|is) (?:been )?(?:removed|deprecated)|module 'numpy' has no attribute"),
        Sign(66, "unexpected keyword argument", rf"TypeError: (?:\w+\.)*\w+\(\) got an unexpected keyword argument '{_NOT_IN_ALL}'"),
        # One library calls another by a name that this one doesn't have; one's own code isn't in it.
        Sign(66, "unexpected keyword argument", rf"{_FROM_LIBRARY}(?![^\n]*\*\*){_STATEMENT}\s*TypeError: ", before=4),
        # Which of two versions is meant can't be told from a name; a folder of one's own is likelier
        # where the name is one that people give to their own folders.
        Sign(54, "cannot import name '", rf"cannot import name '\w+' from '(?!{_OWN_NAMES}['.]|__main__|torch|numpy['.]|cv2['.])[A-Za-z]\w*(?:\.\w+)*'(?! \(unknown location)"),
        Sign(54, "no module named '", rf"No module named '(?!{_OWN_NAMES}\.|torch\.|pip\.|conda|distutils\.|setuptools\.|numpy\.|triton\.|imp\.|six\.)[A-Za-z]\w*(?:\.\w+)+'(?!; )", 0, ("!building",)),
        Sign(54, "' has no attribute '", rf"AttributeError: module '(?!{_OWN_NAMES}['.]|__main__|torch|numpy['.]|cv2['.])[a-z_][\w.]*' has no attribute '(?!_C')\w+'"),
        Sign(50, "type object '", r"AttributeError: type object '[A-Z]\w+' has no attribute"),
        Sign(54, "'module' object has no attribute '", r"AttributeError: 'module' object has no attribute '\w+'"),
        Sign(50, "object has no attribute '", rf"{_FROM_LIBRARY}{_STATEMENT}\s*AttributeError: '(?!NoneType|Tensor|list|dict|str|tuple|int|float|function|bytes)\w+' object has no attribute '\w+'", before=4),
        Sign(54, "dist-info/metadata", r"No such file or directory: .*dist-info[/\\]METADATA"),
        Sign(64, "has no attribute '", rf"{_FROM_LIBRARY}{_STATEMENT}\s*AttributeError: module ", before=4),
        Sign(66, "cannot import name '", rf"{_FROM_LIBRARY}{_STATEMENT}\s*ImportError: cannot import name '[A-Za-z]\w*' from '(?!torch')[\w.]+' \(.*(?:site|dist)-packages", before=4),
        Sign(66, "takes 0 positional arguments but", r"(?:mel|resample|stft|melspectrogram|pad_center)\(\) takes"),
        Sign(74, "conflicting with this application"),
        Sign(74, "is required for a normal functioning"),
        Sign(74, "distributionnotfound", r"DistributionNotFound: The '[\w.-]+[<>=!~]"),
        Sign(70, "versionconflict"),
        Sign(72, "contextualversionconflict"),
        Sign(66, "requires", r"^(?:\w*Error: )?[\w.-]+ requires [\w.-]+\s?(?:[<>=!~]=?\s?\S+)+,? but (?:found|got|you have|version)|but found [\w.-]+=="),
        Sign(66, "which is incompatible", r"ImportError|RuntimeError"),
        Sign(68, "pydantic", r"PydanticUserError|pydantic\.errors\.\w+|`BaseSettings` has been moved|PydanticImportError"),
        Sign(68, "checkpoint you are trying to load has model type", r"does not recognize this architecture"),
        Sign(68, "does not recognize this architecture"),
        Sign(66, "unrecognized configuration class"),
        Sign(66, "does not exist or is not currently imported", r"Tokenizer class \w+ does not exist"),
        Sign(60, "descriptor", r"Descriptors cannot be created directly|duplicate (?:file name|symbol)|builder\.py.*protobuf"),
        Sign(68, "messagefactory", r"'MessageFactory' object has no attribute 'GetPrototype'"),
        Sign(66, "nocasedict"),
        Sign(66, "__firstlineno__"),
    ),
    "stale-kernel-after-upgrade": (
        # The kernel still has the list of what was installed when it began.
        Sign(64, "dist-info/metadata", r"No such file or directory: .*dist-info[/\\]METADATA", 0, ("notebook",)),
        Sign(60, "dist-info/metadata", r"No such file or directory: .*dist-info[/\\]METADATA", 0, ("colab",)),
    ),
    "extension-built-for-other-torch": (
        Sign(56, "unknown location", rf"cannot import name ['\"]{_COMPILED}['\"] from"),
        Sign(72, "no module named", r"No module named ['\"]?(?!torch\.|numpy|PIL|scipy|pandas)\w+(?:\.\w+)*\._(?:C|ext|cuda\w*|cpp|raster\w*)['\"]?\s*$"),
    ),
    "package-not-installed": (
        Sign(52, "no module named '", rf"No module named '(?!{_OWN_NAMES}\.|torch\.|pip\.|conda|distutils\.|setuptools\.|numpy\.|triton\.|imp\.|six\.)[A-Za-z]\w*(?:\.\w+)+'(?!; )", 0, ("!building",)),
        # A package's compiled part, or a file that its setup writes, isn't there: it was never built.
        Sign(60, "unknown location", rf"cannot import name ['\"]{_COMPILED}['\"] from"),
        Sign(58, "cannot import name", r"cannot import name ['\"]?__version__\b"),
        Sign(66, "no module named", r"(?:ModuleNotFoundError|ImportError): No module named ['\"]?(?!torch['\"\s]|torch\.|pip\b|conda|_|triton|pkg_resources|distutils|setuptools|imp['\"\s]|numpy\._core|ipykernel|tensorflow\.|transformers\.|diffusers\.|torchvision\.|mmcv\.)[A-Za-z]\w*['\"]?\s*$", 0, ("!building",)),
        Sign(62, "modulenotfounderror", r"No module named ['\"]torch(?:vision|audio|text)?['\"]", 0, ("!building",)),
        Sign(66, "please install", r"(?:\w*Error|Exception): .{0,160}[Pp]lease (?:pip )?install (?!.*(?:from source|driver|CUDA|the latest))"),
        Sign(70, "requires the following packages that were not found"),
        Sign(62, "is not installed", r"^(?:\w*Error): [A-Z]?[\w.-]+ is not installed"),
        Sign(60, " is required ", r"^(?:ImportError|ModuleNotFoundError): [\w.-]+ is required (?:for|to|by)"),
        Sign(60, "unable to find a usable engine"),
        Sign(58, "shared library with base name", r"base name ['\"](?!cuda|nvcuda)"),
        Sign(58, "cannot import name '_c'", r"cannot import name '_C'\s*$"),
        Sign(66, "missing build dependency"),
        Sign(54, "could not be imported", r"['\"][A-Za-z_]\w*(?:\.\w+)*['\"] could not be imported"),
        Sign(66, "missing optional dependency"),
        Sign(70, "requires the", r"requires the .{0,40} library but it was not found"),
        Sign(68, "but it is not installed", r"(?:seems to be not installed|toggled on, but it cannot be used|but it is not installed)"),
        Sign(66, "you need to install", r"(?:\w*Error|Exception): .{0,160}[Yy]ou need to install"),
        Sign(66, "pip install", r"(?:ImportError|ModuleNotFoundError|RuntimeError|ValueError|Exception)[^\n]{0,200}[Rr]un:?[^\n]{0,20}pip install|try[^\n]{0,20}pip install"),
    ),
    "broken-torch-install": (
        Sign(84, "_init_names", r"module\S* object has no attribute '_init_names'|module 'torch\._C' has no attribute '_init_names'"),
        Sign(80, "unknown location", r"cannot import name ['\"]_C['\"] from ['\"]torch['\"]"),
        Sign(72, "no module named", r"No module named ['\"]?torch\._C(?:\.\w+)?['\"]?(?!; )|No module named ['\"]?torch\.(?:version|_utils\w*|storage|serialization|_tensor\w*|types|functional|cuda|nn|autograd|jit|utils|_jit_internal|_namedtensor_internals|torch_version|package)['\"]?\s*$"),
        Sign(70, "cannot import name", r"cannot import name ['\"]?(?:_C|Tensor|nn|device|default_generator|_VF|_initExtension|autocast|DispatchKey|_log_api_usage_once|_disable_dynamo)['\"]? from ['\"]torch"),
        # A folder that an uninstall left is a package without contents.
        Sign(64, "has no attribute '__version__'", r"module 'torch' has"),
        Sign(60, "module 'torch' has no attribute", r"'(?:nn|cuda|Tensor|tensor|device|load|float32|utils|jit|optim|no_grad|manual_seed)'"),
        Sign(58, "libtorch", r"(?:^|[/\s])libtorch(?:_cpu|_global_deps|_python)?\.so: cannot open"),
        Sign(76, "metadata", r"(?:Invalid|Missing|No) metadata.{0,60}\btorch\b|~orch\b.{0,60}(?:invalid|ignored)"),
    ),
    "user-site-leak": (
        Sign(70, "torch.__file__", r"torch\.__file__[\s\S]{0,160}(?:/\.local/lib/python|AppData[/\\]+Roaming[/\\]+Python)", 4),
        Sign(62, "appdata", r"AppData[/\\]+Roaming[/\\]+Python[/\\]+Python\d+[/\\]+site-packages[/\\]+torch[/\\]+__init__", 0, ("conda",)),
    ),
    "kernel-or-pip-of-other-python": (
        # What was compiled for one Python is loaded into another.
        Sign(66, "undefined symbol", r"undefined symbol:? (?:_?Py(?!Init)[A-Z]\w+|_Py_\w+|Py_\w+)\s*$"),
        Sign(66, "symbol not found", r"[Ss]ymbol not found(?: in flat namespace)?:? ['\"(]?_?_Py\w+"),
        Sign(72, "dynamic module does not define"),
        Sign(74, "python version mismatch", r"module was compiled for"),
        Sign(70, "module was compiled for python"),
        Sign(62, "bad magic number in", r"(?!.*'torch)bad magic number in '"),
        Sign(62, "module use of python", r"conflicts with this version of Python"),
        Sign(66, "to be installed or requires an update", r"requires the ipykernel package"),
        Sign(64, "kernel died", r"No module named ipykernel"),
        Sign(64, "failed to start the kernel"),
        # What an editor's own analysis says when another interpreter is chosen.
        Sign(66, "could not be resolved", r"Import ['\"][\w.]+['\"] could not be resolved"),
        Sign(66, "defaulting to user installation because normal site-packages is not writeable", "", 0, ("no-torch",)),
    ),
    "setuptools-too-new": (
        Sign(84, "pkg_resources", r"No module named ['\"]?pkg_resources['\"]?"),
        Sign(80, "no module named", r"No module named ['\"]?(?:distutils|setuptools\.(?:extern|command\.test|_vendor|package_index|py31compat)|imp|asyncore|six\.moves\.urllib)(?:\.\w+)*['\"]?\s*$"),
        Sign(80, "impimporter"),
        Sign(76, "use_2to3"),
        Sign(76, "attr:", r"InvalidConfigError|configuration error.{0,80}(?:license|project)"),
        Sign(70, "invalid command 'bdist_wheel'"),
        Sign(70, "setup.cfg", r"Invalid (?:dash-separated|uppercase) key"),
        Sign(70, "installdeprecationwarning", r"error"),
        Sign(76, "install_layout", r"AttributeError: install_layout"),
        Sign(66, "test_suite", r"setuptools.{0,40}test"),
    ),
}  # fmt: skip
"""Cause → what it looks like."""
