"""Lines for bash 3.2 and later; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.integrate.shells.posix import quoted
from torchup.integrate.shells.setup import ENTERING, PLAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.integrate.shells.setup import Setup


def lines(setup: Setup) -> Sequence[str]:
    """Return the function and its completion."""
    return [*function("bash"), *names(setup), *_completion(setup)]


def function(kind: str) -> list[str]:
    """Return the function ``torchup``; zsh reads the same."""
    plain = "|".join(f'*" {one} "*' for one in PLAIN)
    return [
        "torchup () {",
        f'  case "${{1-}}" in {"|".join(ENTERING)}) ;; *) command torchup "$@"; return;; esac',
        f'  case " $* " in {plain}) command torchup "$@"; return;; esac',
        "  local torchup_lines",
        f'  torchup_lines="$(command torchup "$@" --shell {kind})" || return',
        '  eval "$torchup_lines"',
        "}",
    ]


def names(setup: Setup, first: str = "") -> list[str]:
    """Return a function that prints the environments' names; zsh reads the same after ``first``."""
    return [
        f"_torchup_names () {{ {first}",
        f'  local home="${{TORCHUP_HOME:-}}" one; [ -n "$home" ] || home={quoted(setup.home)}',
        '  for one in "$home"/envs/*/.torchup "$home"/places/* "$home"/adopted/*.json; do',
        '    [ -e "$one" ] || continue',
        '    one="${one%/.torchup}"; one="${one##*/}"; printf "%s\\n" "${one%.json}"',
        "  done",
        "}",
    ]


def table(setup: Setup) -> list[str]:
    """Return a function that sets what can follow a command; zsh reads the same."""
    rows = [
        f"    {name}) options={quoted(' '.join(one.options))}; words={quoted(' '.join(one.words))};"
        f" names={int(one.environments)}; naming={quoted(' '.join(one.naming))};;"
        for name, one in setup.commands.items()
    ]
    return [
        "_torchup_table () {",
        "  options='' words='' names=0 naming=''",
        '  case "$1" in',
        *rows,
        f"    '') words={quoted(' '.join(setup.commands))};;",
        "  esac",
        "}",
    ]


def _completion(setup: Setup) -> list[str]:
    valued = "|".join(setup.valued)
    return [
        *table(setup),
        "_torchup_complete () {",
        '  local options words names naming command="" one skip=0 at',
        '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
        "  for ((at = 1; at < COMP_CWORD; at++)); do",
        '    one="${COMP_WORDS[at]}"',
        "    if [ $skip = 1 ]; then skip=0; continue; fi",
        f'    case "$one" in {valued}) skip=1;; -*) ;; *) command="$one"; break;; esac',
        "  done",
        '  _torchup_table "$command"',
        '  case " $naming " in *" $before "*) words="$(_torchup_names)" names=0 options="";; esac',
        '  if [ "$names" = 1 ]; then words="$words $(_torchup_names)"; fi',
        '  case "$word" in -*) words="$options";; esac',
        "  local IFS=$' \\t\\n'",
        '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
        "}",
        "complete -o default -o bashdefault -F _torchup_complete torchup",
    ]
