"""What connecting a notebook or an IDE would write, and taking a kernel away would remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments.edits import Edit
from torchup.errors import NoAnswerError
from torchup.web.orders import folder_of
from torchup.web.previews.packages import lines_of, note, prepared
from torchup.wire.web import PreviewLineV1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.web.here import Here
    from torchup.wire.web import OrderV1
    from torchup.words import Words


def kernel_add(here: Here, order: OrderV1, words: Words) -> Iterator[PreviewLineV1]:
    """Say what is written, and which packages come first where it lacks what Jupyter starts.

    Raises:
        TorchupError: as :func:`torchup.api.kernels.adding.prepare`.
    """
    from torchup.api.kernels import adding

    context = here.context()
    wanted = adding.prepare(context, order.name, adding.place_of(context))
    if adding.needs_launcher(context, wanted.environment):
        yield note(words.say("kernel.launcher-comes", {"name": order.name}))
        edit = Edit(kind="add", packages=(adding.LAUNCHER,))
        yield from lines_of(prepared(here, order.name, edit), words)
    said = {"title": wanted.title, "path": wanted.path}
    yield PreviewLineV1(kind="come", text=words.say("web.preview.kernel", said))


def kernel_delete(here: Here, order: OrderV1, _words: Words) -> Iterator[PreviewLineV1]:
    """Name the files that go; only torchup's own ones do.

    Raises:
        NoAnswerError: ``kernel.none-there``, ``kernel.not-own``.
    """
    from torchup.api.kernels.listing import kernels_named

    name = order.kernel or ""
    for one in kernels_named(here.context(), name):
        if not one.own:
            raise NoAnswerError("kernel.not-own", path=one.path, name=name)
        yield PreviewLineV1(kind="go", text=one.path)


def ide(here: Here, order: OrderV1, words: Words) -> Iterator[PreviewLineV1]:
    """Say which settings are written.

    Raises:
        TorchupError: as :mod:`torchup.api.ides`.
    """
    from torchup.api.ides.pycharm import tell_pycharm
    from torchup.api.ides.telling import folder_of as folder_there
    from torchup.api.ides.vscode import tell_vscode

    context = here.context()
    folder = folder_there(context, folder_of(order))
    tell = tell_pycharm if order.ide == "pycharm" else tell_vscode
    told = tell(context, order.name, folder)
    for line in told.lines:
        yield PreviewLineV1(kind="change", text=words.text(line))
    if not told.edits:
        yield note(words.say("ide.told-already", {"name": order.name}))
    yield from (note(words.text(one)) for one in told.notes)
