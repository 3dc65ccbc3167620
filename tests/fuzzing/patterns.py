"""``python -m fuzzing.patterns``: every pattern of the project against texts that make it go back.

A pattern that can match the same letters in several ways tries all of them before it gives up: a
line of forty signs may then take longer than anybody waits (CWE-1333). For each part that may be
repeated a text is made that begins as the pattern does, repeats that part, and ends otherwise.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import signal
import sys
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torchup

if sys.version_info >= (3, 11):
    from re import _constants as codes
    from re import _parser as parser
else:
    import sre_constants as codes
    import sre_parse as parser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Pattern = tuple[Any, int]
_FEW, _MANY = 28, 2000
"""Repetitions that show what doubles with each of them, and what grows with their square."""
MOST_S: Final = {_FEW: 0.3, _MANY: 1.0}
"""Seconds of the processor that such a text may take."""
_PATIENCE_S: Final = 3.0
_LONGEST: Final = 12_000
_TRIES: Final = 4
_ENDS: Final = ("\0", '"', "", "!", " ")
_APART: Final = " a1-=/\"'.:,!\n\tZ_<>()[]"
_OF: Final = {
    "CATEGORY_DIGIT": "17", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a1_",
    "CATEGORY_NOT_DIGIT": "a- ", "CATEGORY_NOT_SPACE": "a-1=", "CATEGORY_NOT_WORD": "- .",
}  # fmt: skip
_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT)
_OFTEN: Final = 8
_PROGRAMS: Final = ("__main__", "launchers", "payload")
"""What the names of modules have in them that are programs."""


class Slow(NamedTuple):
    """A pattern, where it is compiled, and a text that it takes so many seconds for."""

    pattern: str
    where: str
    took_s: float
    text: str


class _LateError(Exception):
    pass


def late(*_: object) -> None:
    """Interrupt a search; what handles ``SIGALRM``.

    Raises:
        _LateError: always.
    """
    raise _LateError


def collected() -> dict[Pattern, str]:
    """Import all of torchup, read good files with every reader, and note what is compiled."""
    found: dict[Pattern, str] = {}
    compile_one: Callable[..., Any] = re._compile  # type: ignore[attr-defined]

    def note(pattern: Any, flags: int) -> Any:  # noqa: ANN401  # text, bytes or a pattern
        frame = sys._getframe(1)
        while frame.f_back and frame.f_code.co_filename.endswith(("__init__.py", "re.py")):
            frame = frame.f_back
        if isinstance(pattern, (str, bytes)) and f"{torchup.__name__}/" in frame.f_code.co_filename:
            place = frame.f_code.co_filename.rpartition("/src/")[2]
            found.setdefault((pattern, int(flags)), f"{place}:{frame.f_lineno}")
        return compile_one(pattern, flags)

    re._compile = note  # type: ignore[attr-defined]
    try:
        for one in pkgutil.walk_packages(torchup.__path__, f"{torchup.__name__}."):
            if not any(word in one.name for word in _PROGRAMS):
                importlib.import_module(one.name)
        from fuzzing.__main__ import all_targets

        for target in all_targets().values():
            for seed in target.seeds:
                target.fault(seed)
    finally:
        re._compile = compile_one  # type: ignore[attr-defined]
    return found


def worst(pattern: Pattern, where: str, chance: random.Random) -> Slow | None:
    """Find a text that a pattern takes too long for."""
    said, flags = pattern
    compiled = re.compile(said, flags)
    for before, body in _repeated(parser.parse(said, flags), lambda: "", chance):
        for _ in range(_TRIES):
            start, unit = before(), _text(body, chance)
            for times, ends in ((_FEW, _ENDS), (_MANY, _ENDS[:2])):
                for end in ends:
                    text = f"{start}{unit * times}"[:_LONGEST] + end
                    took = _seconds(compiled, text, as_bytes=isinstance(said, bytes))
                    if took > MOST_S[times]:
                        return Slow(
                            str(said), where, took, f"{start!r} + {unit!r}*{times} + {end!r}"
                        )
    return None


def _seconds(compiled: Any, text: str, *, as_bytes: bool) -> float:  # noqa: ANN401  # of either kind
    data = text.encode("latin-1", "replace") if as_bytes else text
    began = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE_S)
    try:
        compiled.match(data)
        for _ in compiled.finditer(data):
            pass
    except _LateError:
        return _PATIENCE_S
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return time.process_time() - began


def _repeated(
    tree: Any,  # noqa: ANN401  # Python's own
    before: Callable[[], str],
    chance: random.Random,
) -> Iterator[tuple[Callable[[], str], Any]]:
    """Every part that may be repeated often, with what makes a text that comes before it."""
    parts = list(tree)
    for at, (code, value) in enumerate(parts):

        def start(at: int = at) -> str:
            return before() + _text(parts[:at], chance)

        if code in _REPEATS:
            _, most, body = value
            if most > _OFTEN:
                yield start, body
            yield from _repeated(body, start, chance)
        elif code is codes.SUBPATTERN:
            yield from _repeated(value[3], start, chance)
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _repeated(branch, start, chance)


def _text(tree: Any, chance: random.Random) -> str:  # noqa: ANN401  # Python's own
    """Make a text that a part matches, looks around it left out."""
    made: list[str] = []
    for code, value in tree:
        if code is codes.LITERAL:
            made.append(chr(value))
        elif code is codes.NOT_LITERAL:
            made.append("a" if value != ord("a") else "b")
        elif code is codes.ANY:
            made.append(chance.choice("a 1-="))
        elif code is codes.IN:
            made.append(chance.choice(_letters(value)))
        elif code is codes.BRANCH:
            made.append(_text(chance.choice(value[1]), chance))
        elif code is codes.SUBPATTERN:
            made.append(_text(value[3], chance))
        elif code in _REPEATS:
            least, _, body = value
            times = min(least, 4) or chance.randint(0, 1)
            made += [_text(body, chance) for _ in range(times)]
    return "".join(made)


def _letters(items: Any) -> str:  # noqa: ANN401  # Python's own
    found = ""
    for code, value in items:
        if code is codes.LITERAL:
            found += chr(value)
        elif code is codes.RANGE:
            found += chr(value[0]) + chr(value[1]) + chr(sum(value) // 2)
        elif code is codes.CATEGORY:
            found += _OF.get(str(value), "a")
    if items[0][0] is codes.NEGATE:
        found = "".join(one for one in _APART if one not in found)
    return found or "a"


def main() -> int:
    """Try every pattern; the exit status is 1 where one takes too long."""
    signal.signal(signal.SIGALRM, late)
    found, chance = collected(), random.Random(7)
    tried = (worst(one, where, chance) for one, where in found.items())
    slow = [one for one in tried if one is not None]
    for one in slow:
        sys.stdout.write(f"{one.took_s:.1f} s: {one.where}: {one.pattern[:200]} by {one.text}\n")
    sys.stdout.write(f"{len(found)} patterns, {len(slow)} too slow\n")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
