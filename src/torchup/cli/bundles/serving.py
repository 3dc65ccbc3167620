"""``torchup bundle serve``: a package index for the people in the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.bundle.serving import Index, lines_for
from torchup.bundles.reading import open_bundle
from torchup.cli.bundles.showing import print_contents
from torchup.errors import EXIT_DONE, OutsideError, UsageError
from torchup.host.serving import own_address
from torchup.host.serving import serve as serve_here

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session

PORT: Final = 8765
_LARGEST: Final = 65535


def serve(args: argparse.Namespace, session: Session) -> int:
    """Serve until Ctrl-C.

    Raises:
        UsageError: ``bundle.port``; it is no bundle.
        OutsideError: ``bundle.port-taken``.
    """
    port = PORT if args.port is None else args.port
    if not 0 <= port <= _LARGEST:
        raise UsageError("bundle.port", port=port)
    if session.json:
        raise UsageError("bundle.serve-json")
    with open_bundle(args.words[0]) as bundle:
        out = session.out

        def ready(taken: int) -> None:
            address = args.host or own_address()
            shown = f"[{address}]" if ":" in address else address
            base = f"http://{shown}:{taken}"
            print_contents(bundle.index, session)
            out.row(session.say("cli.label.serving"), session.say("bundle.serving", base=base))
            out.row(session.say("cli.label.students"), session.say("bundle.serving.ways"))
            for line in lines_for(bundle, base):
                out.line(f"  {line}")  # people copy it: it stays whole
            out.flush()

        try:
            serve_here(args.host or "", port, Index(bundle).answer, ready)
        except KeyboardInterrupt:
            out.row(session.say("cli.label.done"), session.say("bundle.served"), "good")
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise OutsideError("bundle.port-taken", port=port, why=why) from error
    return EXIT_DONE
