"""The payload's command line."""

import argparse


def parse(arguments: "list[str]") -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--framework", required=True)
    parser.add_argument("--expect-version", default="", help="such as 2.13.0+cpu")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, rocm, mps or xpu; auto")
    parser.add_argument("--companion", action="append", default=[], metavar="NAME=VERSION")
    parser.add_argument("--level", choices=["quick", "standard", "full"], default="standard")
    parser.add_argument("--bench", action="store_true", help="measure, after the checks")
    parser.add_argument("--only", action="append", default=[], metavar="CODE")
    parser.add_argument("--skip", action="append", default=[], metavar="CODE")
    parser.add_argument("--limit", action="append", default=[], metavar="CODE=SECONDS")
    parser.add_argument("--search-path", default="", help="the caller's PYTHONPATH")
    parser.add_argument("--cache", default="", help="folder for compiled code")
    parser.add_argument("--channel", choices=["stdout", "stderr"], default="stdout")
    parser.add_argument("--do", default="", metavar="CODE,CODE", help="be the worker")
    parser.add_argument("--no-device", action="store_true", help="the device was not found")
    parser.add_argument("--first", default="", help="device for what names none, as cuda:1")
    parser.add_argument("--peer", default="", help="be one of several processes")
    return parser.parse_args(arguments)


def companions_of(options: argparse.Namespace) -> "dict[str, str]":
    """Return the wanted companions and their versions."""
    pairs = (pair.partition("=") for pair in options.companion)
    return {name: wanted for name, _, wanted in pairs}


def worker_arguments(options: argparse.Namespace) -> "list[str]":
    """Word what a worker must know as its command line, without what it shall do."""
    told = [
        "--framework=" + options.framework,
        "--expect-version=" + options.expect_version,
        "--device=" + options.device,
        "--level=" + options.level,
        "--cache=" + options.cache,
        "--search-path=" + options.search_path,
    ]
    return told + ["--companion=" + pair for pair in options.companion]
