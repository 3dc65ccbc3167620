"""Lines for zsh; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.integrate.shells.setup.bash import function, names, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.integrate.shells.setup import Setup


def lines(setup: Setup) -> Sequence[str]:
    """Return the function and its completion.

    Completion needs ``compinit``; who has not called it until now gets it called.
    """
    valued = "|".join(setup.valued)
    return [
        *function("zsh"),
        *names(setup, "setopt local_options null_glob"),
        *table(setup),
        "_torchup () {",
        '  local options words_of names naming command="" one skip=0 at',
        '  local word="${words[CURRENT]}" before="${words[CURRENT-1]}"',
        "  local -a typed; typed=(${words[2,CURRENT-1]})",
        "  for one in $typed; do",
        "    if [ $skip = 1 ]; then skip=0; continue; fi",
        f'    case "$one" in {valued}) skip=1;; -*) ;; *) command="$one"; break;; esac',
        "  done",
        '  () { local words; _torchup_table "$command"; words_of="$words"; }',
        "  local -a found",
        '  case " $naming " in',
        '    *" $before "*) found=(${(f)"$(_torchup_names)"}); compadd -a found; return;;',
        "  esac",
        '  case "$word" in -*) found=(${=options}); compadd -a found; return;; esac',
        "  found=(${=words_of})",
        '  if [ "$names" = 1 ]; then found+=(${(f)"$(_torchup_names)"}); fi',
        "  if [ ${#found} -gt 0 ]; then compadd -a found; else _files; fi",
        "}",
        "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }",
        "(( $+functions[compdef] )) && compdef _torchup torchup",
    ]
