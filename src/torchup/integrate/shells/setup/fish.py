"""Lines for fish; pure. ``source`` reads them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.integrate.shells.fish import quoted
from torchup.integrate.shells.setup import ENTERING, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.integrate.shells.setup import Setup


def lines(setup: Setup) -> Sequence[str]:
    """Return the function and its completion."""
    plain = " ".join(map(quoted, PLAIN))
    return [
        "function torchup",
        f'  if contains -- "$argv[1]" {" ".join(ENTERING)}',
        "    set -l plain 0",
        f"    for one in $argv; contains -- $one {plain}; and set plain 1; end",
        "    if test $plain = 0",
        "      set -l lines (command torchup $argv --shell fish)",
        "      or return",
        "      printf '%s\\n' $lines | source",
        "      return",
        "    end",
        "  end",
        "  command torchup $argv",
        "end",
        "function __torchup_names",
        f"  set -l home {quoted(setup.home)}",
        '  test -n "$TORCHUP_HOME"; and set home $TORCHUP_HOME',
        "  for one in $home/envs/*/.torchup; basename (dirname $one); end",
        "  for one in $home/places/*; basename $one; end",
        "  for one in $home/adopted/*.json; basename $one .json; end",
        "end",
        "function __torchup_command",
        "  set -l skip 0",
        "  for one in (commandline -opc)[2..-1]",
        "    if test $skip = 1; set skip 0; continue; end",
        f"    if contains -- $one {' '.join(setup.valued)}; set skip 1; continue; end",
        "    if string match -q -- '-*' $one; continue; end",
        '    test -z "$argv[1]"; and return 1',
        '    test "$one" = "$argv[1]"; and return 0; or return 1',
        "  end",
        '  test -z "$argv[1]"',
        "end",
        "complete -c torchup -e",
        *_completion(setup),
    ]


def _completion(setup: Setup) -> Iterator[str]:
    yield f"complete -c torchup -f -n __torchup_command -a {quoted(' '.join(setup.commands))}"
    for name, one in setup.commands.items():
        when = f"-n '__torchup_command {name}'"
        if one.words:
            yield f"complete -c torchup -f {when} -a {quoted(' '.join(one.words))}"
        if one.environments:
            yield f"complete -c torchup -f {when} -a '(__torchup_names)'"
        for option in one.options:
            takes = " -x -a '(__torchup_names)'" if option in one.naming else ""
            spelt = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
            yield f"complete -c torchup {when} {spelt}{takes}"
