"""What every program that this run starts is told: where Pythons come from, whom to trust."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from torchup.errors import UsageError
from torchup.model.mirror import OFFICIAL
from torchup.sources.trust import pip_certificates

if TYPE_CHECKING:
    from torchup.api.context import Context

UV_PYTHON_MIRROR: Final = "UV_PYTHON_INSTALL_MIRROR"
_CERTIFICATES: Final = "SSL_CERT_FILE"


def tell(context: Context) -> None:
    """Lay torchup's settings under the environment; the user's own variables count before them.

    pip's certificates count for uv too, whose own setting knows only this variable; both replace
    what would be trusted otherwise.

    A setting that can't be read is for the command to tell that needs it.

    Args:
        context: the session.
    """
    host = context.host
    try:
        python = context.mirrors.python
    except UsageError:
        python = ()
    if python and python[0].id != OFFICIAL:
        host.told[UV_PYTHON_MIRROR] = python[0].url
    trusted = os.path.expanduser(pip_certificates(host))  # noqa: PTH111 - start-up
    if trusted and host.modified(trusted) is not None:
        host.certificates = trusted
        if not host.is_dir(trusted):
            host.told[_CERTIFICATES] = trusted
