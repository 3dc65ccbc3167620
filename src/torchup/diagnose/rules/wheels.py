"""Causes at what an index offers, and for which Python and system."""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rule import Rule, Sign
from torchup.diagnose.rules.phrases import NOT_WIN32, words
from torchup.diagnose.rules.pip_versions import (
    REQUIREMENT,
    bits,
    no_wheel,
    only_plain,
    other_versions,
)

_VERSIONS: Final = "satisfies the requirement torch"
_TORCH: Final = r"torch(?:vision|audio|text)?"

RULES: Final = (
    Rule(
        code="python-version-has-no-wheel",
        signs=(
            Sign(92, "no solution found", rf"(?:{words('with a matching Python')}|{words('You require CPython')}|{words('current Python version')}\s+\S+\s+{words('does not satisfy')}|Python{words(' ABI tag')})", 16),
            Sign(90, "have a source distribution or wheel for the current platform", rf"{words('with the following Python')}", 4),
            Sign(84, "requires-python", r"The requested interpreter resolved to Python \S+, which is incompatible"),
            Sign(80, "no versions of torch have wheels"),
            Sign(80, "poetry", r"Unable to find installation candidates for torch"),
            Sign(66, _VERSIONS, REQUIREMENT, 3, (), no_wheel),
            Sign(66, "no matching python abi"),
            Sign(80, "matching python abi tag", r"has no wheels with a matching Python (?:ABI|implementation|version) tag"),
            Sign(76, "requires a different python", r"requires a different Python: \d"),
            Sign(40, "require a different python version", r"Ignored the following versions that require a different python version.{0,200}"),
            Sign(70, "requires-python", r"(?:is not compatible with|does not satisfy|not supported).{0,60}Requires-Python|Requires-Python.{0,80}(?:not|incompatible)"),
            Sign(66, "wheels are available for", r"wheels (?:are available )?for `?torch.{0,80}(?:cp3\d+|Python)"),
            Sign(62, "does not currently provide packages for pypi", "", 0, ("!alpine",)),
            Sign(62, "0.1.2.post", r"setup\(name=['\"]torch['\"], version=['\"]0\.1\.2\.post\d", 0, ("!alpine",)),
            Sign(60, "only found wheels for", r"only found wheels for `?torch.{0,120}ABI tag"),
            Sign(60, "torch", rf"{_TORCH} is not (?:yet )?(?:available|supported) (?:for|on|with) Python 3\.\d+"),
            Sign(60, "python 3.", r"(?:does not|doesn't|not yet|only) supports? Python (?:3\.\d+|versions)"),
            Sign(60, "dynamo is not supported on python"),
            Sign(60, "not yet supported for torch.compile", r"Python 3\.\d+\+? not yet supported"),
            Sign(62, "unsupported python version"),
        ),
        lifts={"alpine": -20, "python32": -20},
        over=("pip-dependency-conflict",),
    ),
    Rule(
        code="torch-version-not-available",
        signs=(
            Sign(88, "no solution found", rf"(?:{words('with a matching platform')}|compatible\s+wheels|{words('there is no version of torch')}(?:vision|audio)?[=<>~!]+[\d.]+[\s,]|{words('but not at the requested version')}|{words('not found at the requested version')})", 16),
            Sign(86, "have a source distribution or wheel for the current platform", rf"torch[\s\S]*{words('for the following platform')}|only\s+has\s+wheels\s+for", 4),
            Sign(74, "http error 40", r"HTTP error 40[34] while getting \S*(?:pytorch|torch)"),
            Sign(72, "unable to find installation candidates for torch"),
            Sign(80, _VERSIONS, REQUIREMENT, 3, (), other_versions),
            Sign(62, _VERSIONS, REQUIREMENT, 3, ("macos",), only_plain),
            Sign(66, "there is no version of torch", r"there is no version of torch(?:vision|audio)?\s*[=<>~]"),
            Sign(60, "no version of torch", r"(?:only|no) versions? of torch"),
            Sign(64, "no matching distribution found for torch", r"No matching distribution found for torch(?:vision|audio|text)?[=<>~!]", 0, ("torch-index", "!versions-listed")),
            Sign(40, "no matching distribution found for torch"),
            Sign(60, "403 client error", r"download\.pytorch\.org/whl"),
            Sign(66, "matching platform tag", r"torch\S* has no wheels with a matching platform tag"),
        ),
        lifts={"alpine": -20, "python32": -20},
        over=("pip-dependency-conflict",),
    ),
    Rule(
        code="index-url-missing",
        signs=(
            Sign(90, "no solution found", rf"{words('there is no version of torch')}\S*\+(?:cu\d+|cpu|rocm\S+|xpu)", 16),
            Sign(70, "http error 404", r"HTTP error 404 while getting \S*pytorch\.org/whl/"),
            Sign(86, _VERSIONS, REQUIREMENT, 3, (), only_plain),
            Sign(72, "there is no version of torch", r"there is no version of torch(?:vision|audio)?==\S+\+(?:cu\d+|cpu|rocm\S+|xpu)"),
            Sign(62, "torch", rf"{_TORCH}\S*\+cu\d+.{{0,80}}was (?:not found|found in).{{0,60}}index"),
            Sign(70, "download.pytorch.org/whl/cu", r"(?:WARNING|ERROR).{0,60}download\.pytorch\.org/whl/cu\d+.{0,60}(?:404|403|not found)"),
            Sign(70, "404 client error", r"404 Client Error.{0,80}(?:pytorch|torch)"),
        ),
        lifts={"macos": -40, "torch-index": -20},
    ),
    Rule(
        code="python-32bit",
        signs=(
            Sign(58, _VERSIONS, REQUIREMENT, 3, ("windows", "torch-index"), bits),
            Sign(70, _VERSIONS, REQUIREMENT, 3, ("python32",), bits),
            Sign(70, "matching distribution found for torch", "", 0, ("python32",)),
            Sign(72, "32-bit", r"(?:requires?|needs?|use) .{0,40}64[- ]?bit|32-bit Python.{0,60}(?:not|un)supported|(?:running|using) (?:a )?32-?bit"),
            Sign(60, "win32", r"(?:cp3\d+-win32|platform.{0,20}win32).{0,60}(?:not supported|no wheel)"),
            Sign(60, "%1", NOT_WIN32),
            Sign(56, "winerror 193", r"WinError 193\b"),
            Sign(90, "is not a supported wheel", r"win_amd64", 0, ("python32",)),
            # A build that failed, where nothing else is said of the fault.
            Sign(40, "returned non-zero exit status", r"CalledProcessError", 0, ("python32",)),
        ),
        lifts={"python32": 24, "linux": -30, "macos": -40},
    ),
    Rule(
        code="wrong-platform-wheel",
        signs=(
            Sign(92, "is not a supported wheel on this platform"),
            Sign(82, "the wheel is not compatible", r"wheel is (?:not|in)compatible with (?:the|this) (?:current|target)"),
            Sign(76, "doesn't match any of the supported"),
            Sign(66, "incompatible architecture", r"incompatible architecture \(have ['`]\w+['`], need"),
            Sign(66, "exec format error"),
            Sign(66, "wrong elf class"),
            Sign(66, "mach-o", r"mach-o(?: file)?, but (?:is an )?(?:incompatible|wrong) architecture|no matching architecture"),
            Sign(76, "can't be installed", r"A path dependency is incompatible with the current platform"),
            Sign(70, "invalid elf header"),
        ),
        lifts={"python32": -10},
        over=("python-version-has-no-wheel",),
    ),
    Rule(
        code="wrong-package-name",
        signs=(
            Sign(96, 'you tried to install "pytorch"'),
            Sign(92, "the package named for pytorch is"),
            Sign(78, "collecting pytorch", r"^.{0,20}Collecting pytorch(?:[=<>~!\s]|$)(?!-)"),
            Sign(60, "for pytorch", r"(?:Building wheel|Failed building wheel|Running setup\.py \w+) for pytorch(?:\s|$)"),
            Sign(84, "deprecated", r"The ['\"]sklearn['\"] PyPI package is deprecated"),
            Sign(70, "satisfies the requirement pytorch", r"requirement pytorch(?:[=<>~!\s]|$)"),
            Sign(66, "matching distribution found for", r"matching distribution found for (?:pytorch|cv2|opencv|sklearn|PIL|skimage|torch-vision|cuda|cudnn|cudatoolkit|pytorch-cuda)(?:[=<>~!\s]|$)"),
            Sign(60, "for sklearn"),
        ),
        over=("build-isolation-no-torch", "python-version-has-no-wheel"),
    ),
)  # fmt: skip
