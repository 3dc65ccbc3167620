"""IDEs that would use another interpreter in this folder than its environment's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.environments.current import DEFAULT_KEY
from torchup.integrate.ides.vscode import RESET
from torchup.model import text
from torchup.model.finding import Finding, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model.ides import Used

CODE: Final = "ide-of-other-environment"


def look(context: Context) -> Iterator[Finding]:
    """Compare what each IDE would use with the environment that counts here, where one does."""
    host = context.host
    if not (host.is_dir(".vscode") or host.is_dir(".idea")):
        return
    from torchup.api.environments.using import counting
    from torchup.api.ides.checking import check
    from torchup.state.config import config_path, read_config

    default = read_config(config_path(host), mending=True).get(DEFAULT_KEY)
    counts = counting(context, default)
    if counts is None or not counts.exists:
        return
    wanted, folder = counts.current.name, host.real_path(".")
    for one in check(context, folder):
        chosen = one.interpreter or not one.exists
        if not chosen or one.environment == wanted:
            continue
        yield Finding(
            code=CODE,
            severity="warning",
            title=text(CODE, ide=one.ide, name=wanted, python=one.interpreter or "?"),
            because=(folder,),
            remedies=(_remedy(one, wanted),),
            facts={"kind": one.kind, "name": wanted, "folder": folder},
        )


def _remedy(one: Used, wanted: str) -> Remedy:
    """Write its files; what somebody picked by hand only they take back."""
    if one.by_hand:
        title = text("ide-of-other-environment.reset", ide=one.ide, command=RESET)
        return Remedy(title=title, safety="manual")
    return Remedy(
        title=text(f"{CODE}.mend", name=wanted),
        safety="ask",
        commands=(("torchup", "ide", one.kind, wanted),),
    )
