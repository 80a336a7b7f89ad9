"""The verb web: the page in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import Places
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.errors import MissingExtraError
from corrtest.language import say


def web(
    place: Place = None,
    host: Annotated[str, typer.Option(help="Where it listens; beyond this machine everybody needs a token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port.")] = 8765,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A name by which browsers ask for it, behind a proxy.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="A certificate (PEM), for TLS without a proxy.")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's key (PEM).")] = None,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="A proxy in front does the TLS.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Open the study folder, or a register, in the browser; elsewhere, a new study is made there. Ctrl+C stops it."""
    try:
        from corrtest.web import Served, Workplace, serve
    except ModuleNotFoundError:
        raise MissingExtraError("web", say("The page in the browser")) from None

    folder = Places.here().folder
    served = Served(
        host=host,
        port=port,
        names=tuple(name or ()),
        certificate=certificate,
        key=key,
        behind_proxy=behind_proxy,
    )
    show(say("Open {address} in a browser. Ctrl+C stops it.", address=served.address))
    serve(Workplace(folder=folder, root=Path.cwd(), place=place, study=study, key_file=key_file, person=actor), served)
