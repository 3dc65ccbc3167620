"""Causes at Python environments: another interpreter, another file, an old process."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import GONE_FROM_PYTHON

_NO_TORCH: Final = r"(?:ModuleNotFoundError|ImportError)?:? ?No module named ['\"]?torch(?:vision|audio)?['\"]?\s*(?:$|[;)\n])"

RULES: Final = (
    Rule(
        code="kernel-or-pip-of-other-python",
        signs=(
            Sign(68, "sys.executable", "", 0, ("two-pythons",)),
            Sign(66, "requires the ipykernel package"),
            Sign(52, "no module named", _NO_TORCH),
            Sign(70, "requirement already satisfied: torch", r"Requirement already satisfied: torch", 0, ("no-torch",)),
            Sign(66, "where python"),
            Sign(70, "python.exe", r"(?:where|gcm|Get-Command) (?:python|pip|conda)"),
            Sign(50, "no module named", r"No module named ['\"]?(?:torch|numpy|cv2|transformers|ipykernel)['\"]?", 0, ("notebook",)),
            Sign(56, "sys.executable"),
            Sign(60, "no module named ipykernel", r"No module named ipykernel(?:_launcher)?"),
            Sign(60, "no module named 'ipykernel"),
        ),
        lifts={"torch-listed": 30, "notebook": 14, "building": -40, "two-pythons": 24},
    ),
    Rule(
        code="package-not-installed",
        signs=(
            Sign(74, "packages that were not found in your environment"),
            Sign(74, "library but it was not found in your environment"),
            Sign(74, "flashattention", r"cannot be used due to the following error.{0,60}not installed"),
            Sign(72, "requires accelerate", r"requires Accelerate:? `?pip install"),
            Sign(70, "torchcodec is required"),
            Sign(66, "distribution was not found and is required by"),
            Sign(58, "no module named", _NO_TORCH),
            Sign(62, "no module named", r"No module named ['\"]?(?!torch['\"\s]|torch\.|pip|conda|_|triton|pkg_resources|distutils|setuptools|imp['\"]|numpy\._core|ipykernel|tensorflow\.|transformers\.|diffusers\.)[A-Za-z]\w*['\"]?\s*$", 0, ("!building",)),
            Sign(60, "package(s) not found", r"Package\(s\) not found: torch"),
            Sign(60, "packagenotfounderror", r"importlib\S*PackageNotFoundError: (?:No package metadata was found for )?\w+"),
            Sign(56, "is not installed", r"(?:torch|PyTorch) (?:is )?not (?:been )?(?:installed|found)"),
            Sign(56, "none of pytorch", r"None of PyTorch, TensorFlow"),
        ),
        lifts={"building": -40},
    ),
    Rule(
        code="user-site-leak",
        signs=(
            Sign(80, "/.local/lib/python", r"/\.local/lib/python[\d.]+/site-packages['\"], ['\"]\S*/(?:envs|venv|\.venv)\S*/site-packages"),
            Sign(74, "/.local/lib/python", r"/\.local/lib/python[\d.]+/site-packages.{0,200}", 0, ("conda-and-user",)),
            Sign(62, "usersite", r"PYTHONNOUSERSITE|ENABLE_USER_SITE|USER_SITE"),
            Sign(66, "torch.__file__", r"torch\.__file__[\s\S]{0,120}(?:/\.local/lib|AppData\\+Roaming)", 3),
            Sign(60, "appdata", r"AppData\\+Roaming\\+Python\\+Python\d+\\+site-packages[\\/]+torch", 0, ("conda",)),
            Sign(42, "torch.__version__", r"torch\.__version__\)?\s*\n.{0,10}\d+\.\d+", 3),
        ),
        lifts={"user-site-stated": 34},
    ),
    Rule(
        code="shadowing-local-file",
        signs=(
            # CPython 3.13 knows it, and says so.
            Sign(92, "since it has the same name as the standard library module"),
            Sign(84, "if it has the same name as a", r"consider renaming '(?:[^']*[/\\])?(?:torch|torchvision|torchaudio|numpy|scipy|pandas|sklearn|cv2|PIL|transformers|triton|tensorflow|matplotlib|tqdm|einops)\.py' if it has the same name as a (?:third-party module|library) you intended to import"),
            Sign(82, "partially initialized module", r"from partially initialized module ['\"](?:collections|random|types|typing|inspect|copy|enum|logging|queue|signal|select|socket|string|token|code|calendar|dis|statistics|tempfile|numbers|operator|secrets|struct|dataclasses|functools|re|json|abc|io)['\"] .{0,60}\((?:/|[A-Z]:\\)(?!\S*[/\\](?:[Ll]ib|python[\d.]+)[/\\])"),
            Sign(76, "partially initialized module 'torch'", r"(?:cannot import name ['\"]\w+['\"] from partially initialized module ['\"]torch['\"]|partially initialized module ['\"]torch['\"] has no attribute ['\"](?!UntypedStorage|_C|version|library|utils|_))"),
            Sign(80, "most likely due to a circular import", r"\((?!.*(?:site|dist)-packages)(?:/|[A-Z]:\\)\S*(?:torch|numpy|random|types|typing|copy|queue|logging|inspect|dataclasses|enum)\.py\)"),
            Sign(72, "_c' is not defined", r"NameError: name ['\"]_C['\"] is not defined"),
            Sign(72, "failed to load pytorch c extensions"),
            Sign(74, "it appears that pytorch has loaded the `torch/_c` folder"),
            Sign(70, "no module named 'torch._c'"),
            Sign(70, "cannot import name '_", r"cannot import name ['\"]\w+['\"] from ['\"](?:random|types|typing|inspect|copy|enum|logging|queue|signal|select|socket|string|token|code|calendar|dis|statistics|tempfile|numbers|operator|secrets|struct)['\"] \((?!.*[/\\]lib[/\\]python[\d.]+[/\\]\w+\.py\))"),
            Sign(78, "cannot import name", r"cannot import name ['\"]\w+['\"] from ['\"](?:random|types|typing|inspect|copy|enum|logging|queue|signal|select|socket|string|token|code|calendar|dis|statistics|tempfile|numbers|operator|secrets|struct)['\"] \(.{0,200}[/\\]torch[/\\]"),
            Sign(76, "has no attribute", rf"module ['\"](?:random|types|typing|inspect|copy|enum|logging|queue|signal|select|socket|string|token|code|calendar|dis|statistics|tempfile|numbers|operator|secrets|struct|profile|platform)['\"] has no attribute ['\"](?!{GONE_FROM_PYTHON}['\"])"),
            Sign(62, "module 'torch' has no attribute", r"module ['\"]torch['\"] has no attribute ['\"](?:tensor|nn|Tensor|cuda|__version__|device|zeros|randn|ones|float32|FloatTensor|from_numpy|rand)['\"]"),
            Sign(60, "is not a package", r"No module named ['\"]torch\.\w+['\"]; ['\"]torch['\"] is not a package"),
        ),
        over=("broken-torch-install", "python-package-version-conflict"),
    ),
    Rule(
        code="broken-torch-install",
        signs=(
            Sign(84, "libtorch_global_deps", r"libtorch_global_deps\.so: cannot open"),
            Sign(66, "libcudart functions unavailable"),
            Sign(80, "torch._c' has no attribute", r"module ['\"]torch\._C['\"] has no attribute ['\"](?!_cuda_)"),
            Sign(78, "partially initialized module 'torch' has no attribute", r"partially initialized module ['\"]torch['\"] has no attribute ['\"](?:UntypedStorage|_C|version|library|utils|_\w+)"),
            Sign(60, "module 'torch' has no attribute", r"module ['\"]torch['\"] has no attribute ['\"](?:_C|_six|library|version|UntypedStorage|_utils|_tensor|storage|serialization|autograd)['\"]"),
            Sign(76, "no module named 'torch.", r"No module named ['\"]torch\.(?:_C(?:\.\w+)*|version|_\w+|(?:nn|utils|autograd|cuda|distributed|library|storage)(?:\.(?:functional|modules|init|parallel|parameter|data|model_zoo|hooks|variable|function|comm|random|nvtx))?)['\"]"),
            Sign(86, "undefined symbol", r"torch/(?:_C\.\S*|lib/lib(?:torch\w*|shm|c10\w*|caffe2\w*|ATen\w*|TH\w*)\.so\S*): undefined symbol:? _?_Z"),
            # Its own C functions, of another release's libraries; NVIDIA's and Intel's have rules of theirs.
            Sign(66, "undefined symbol", r"torch/(?:_C[.\w-]*|lib/lib(?:torch\w*|shm|c10\w*|caffe2\w*|ATen\w*|TH\w*)\.so\S*): undefined symbol:? (?:TH|FLAGS_caffe2|caffe2|c10|at_|torch)"),
            Sign(80, "procedure entry point", r"torch\\lib\\(?:torch|c10|shm)\w*\.dll"),
            Sign(66, "torch/version.py", r"torch/version\.py.{0,80}(?:No such|missing)"),
            Sign(72, "cannot import name", r"cannot import name ['\"]\w+['\"] from ['\"]torch\._C['\"]"),
            Sign(72, "null bytes", r"(?:source code (?:string|cannot) (?:cannot )?contain null bytes|null bytes).{0,100}"),
            Sign(66, "torch.__init__", r"torch[/\\]__init__\.py.{0,100}(?:SyntaxError|EOFError|marshal)"),
            Sign(64, "bad magic number in 'torch"),
            Sign(80, "invalid elf header", r"/torch/lib/\S*: invalid ELF header"),
            Sign(64, "invalid elf header", r"torch"),
            Sign(76, "cannot read file data", r"/torch/\S*: cannot read file data"),
            Sign(80, "incompatible library version", r"(?:lib(?:torch|shm|c10|caffe2|ATen)\w*|_C\S*)\.(?:dylib|so) requires version \S+ or later, but lib"),
            Sign(66, "file too short", r"(?:lib(?:torch|c10)\w*\.so\S*|[/\\](?:torch|nvidia)[/\\]\S*lib[/\\]\S+): file too short", 0, ("!container",)),
            Sign(60, "torch.__version__", r"AttributeError: module 'torch' has no attribute '__version__'"),
            Sign(60, "cannot uninstall", r"Cannot uninstall ['\"]?torch|no RECORD file was found for torch|uninstall-no-record-file"),
        ),
    ),
    Rule(
        code="stale-kernel-after-upgrade",
        signs=(
            Sign(54, "numpy.dtype size changed", r"numpy\.dtype size changed, may indicate binary incompatibility"),
            Sign(84, "you must restart the runtime"),
            Sign(80, "restart the kernel", r"(?:may need to|must|should|please|Note: you) .{0,30}restart (?:the|your) (?:kernel|runtime)"),
            Sign(78, "restart runtime"),
            Sign(60, "numpy", r"(?:cannot import name|has no attribute|size changed).{0,120}numpy", 0, ("notebook",)),
            # Of torchvision it means that its first import failed: that is its own fault.
            Sign(56, "partially initialized module", r"partially initialized module (?!['\"]torchvision\b)", 0, ("notebook",)),
        ),
        lifts={"notebook": 24, "colab": 14},
        over=("numpy2-abi",),
    ),
)  # fmt: skip
