"""Messages about packages that are compiled against the framework."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "reason.fit-wheel": "{subject}: {about} was compiled for {needs}; its wheel lies at {has}.",
    "reason.fit-held": "{subject}: {about} is what goes with {needs}.",
    "reason.fit-unloaded": "{subject}: {about} was compiled for another build than {has}; it can be installed, but its kernels won't load.",
    "reason.fit-tag": "{subject} was compiled for {needs}, not for {has}: it fails when it is imported.",
    "reason.fit-unreachable": "{subject}: the wheels of {about} lie at {needs}, which can't be reached: {has}",
    "reason.fit-none": "{subject}: there is no wheel of {about} for {has}, and it can't be compiled for that.",
    "reason.fit-compiled": "{subject} has no wheel for {has}: it would be compiled. That takes nvcc {needs}.x, a C++ compiler, and for each compiler that runs at a time about {about}.",
    "reason.fit-compiled-cpu": "{subject} has no wheel for {has}: it would be compiled. That takes a C++ compiler, and for each one that runs at a time about {about}.",
    "reason.fit-near": "{subject} has wheels for {has}.",
    "reason.fit-moved": "{needs} is the newest stack that has wheels of {subject}.",
    "reason.fit-left": "{subject} is left for you, since nothing is compiled unasked: add it to the environment once that is there, with torchup add, which says what it takes.",
    "reason.built-from-source": "{subject} has no wheel here: it is built from its sources.",
    "fit.none": "There is no wheel of {name} for {stack}, and it can't be compiled for that.",
    "fit.none.hint": "Leave it out, or look in its own documentation for another way.",
    "fit.none-near": "There is no wheel of {name} for {stack}, and it can't be compiled for that. There are some for {near}.",
    "fit.none-near.hint": "Change PyTorch first: torchup upgrade torch=={release}, then add {name} again.",
    "fit.unreachable": "The wheels of {name} lie at {where}, and that can't be reached: {why}",
    "fit.unreachable.hint": "Try again when it can be reached. Or fetch the wheel on another machine, and name its folder in a requirements file (--find-links DIR) or in pip's configuration (find-links).",
    "build.not-agreed": "{name} has no wheel for {stack}. It would be compiled, which takes about {amount} for each compiler that runs at a time, and nobody agreed to that.",
    "build.not-agreed.hint": "To compile it all the same, say so: --build-from-source {name}",
    "build.not-agreed-near": "{name} has no wheel for {stack}; there are some for {near}. It would be compiled, which takes about {amount} for each compiler that runs at a time, and nobody agreed to that.",
    "build.not-agreed-near.hint": "Take a PyTorch that it has a wheel for: ask for torch=={release}, in an environment with torchup upgrade torch=={release}. To compile it all the same: --build-from-source {name}",
    "build.no-compiler": "{name} has no wheel for {stack}, and there is no C++ compiler here to compile it. Wheels: {near}.",
    "build.no-compiler.hint": "Install one: on Debian and Ubuntu sudo apt install g++, on Windows the Visual Studio Build Tools with “Desktop development with C++”. Or take a PyTorch that it has a wheel for.",
    "build.no-memory": "{name} has no wheel for {stack}, and to compile it takes about {amount} of memory; this machine has {has}. Wheels: {near}.",
    "build.no-memory.hint": "Take a PyTorch that it has a wheel for, or compile it on a machine with more memory.",
    "build.no-nvcc": "{name} has no wheel for {stack}, and there is no CUDA toolkit (nvcc) here to compile it. Wheels: {near}.",
    "build.no-nvcc.hint": "Install the CUDA toolkit {runtime} and set CUDA_HOME to its folder. Or take a PyTorch that it has a wheel for.",
    "build.wrong-nvcc": "{name} has no wheel for {stack}, and the CUDA toolkit {has} at {path} can't compile it: PyTorch has CUDA {runtime}. Wheels: {near}.",
    "build.wrong-nvcc.hint": "Set CUDA_HOME to a toolkit of CUDA {runtime}. Or take a PyTorch that it has a wheel for.",
    "build.no-sources": "{name} has to be compiled, and the index has no sources of it that meet {line}.",
    "build.no-sources.hint": "Ask for another version of it. Without a network nothing is compiled.",
    "cli.build.needs": "{name} has no wheel for this PyTorch. To compile it takes about {amount} for each compiler that runs at a time, and may fail in the end.",
    "cli.build.near": "There are wheels for {near}.",
    "cli.build.ask": "Compile {name} here? [y/N]",
    "cli.option.build-from-source": "compile this package here where it has no wheel, however long that takes (may be repeated)",
}
