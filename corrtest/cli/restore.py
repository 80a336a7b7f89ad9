"""The verb restore: a study folder again from its backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.passphrase import passphrase
from corrtest.cli.places import shown
from corrtest.language import say


def restore(
    source: Annotated[Path, typer.Argument(help="The file that corrtest backup wrote.")],
    out: Annotated[Path, typer.Option("--out", help="The study folder to make; nothing may be there yet.")] = ...,  # type: ignore[assignment]
) -> None:
    """Make a study folder from its backup: all of it, or nothing."""
    from corrtest.register import restore_folder

    made = restore_folder(source, out, passphrase(twice=False))
    show(say("Restored {files} files to {out}, each as it was saved.", files=len(made.files), out=shown(out)))
    if made.server_dump is not None:
        show(
            say(
                "The register was on a server. Put it back with: corrtest register backup --restore {dump} ADDRESS",
                dump=shown(out / made.server_dump),
            )
        )
    if made.head is not None:
        show(
            say(
                "What happened after the backup is not in it: settle that before you send again. Then: "
                "corrtest register verify --head {head}",
                head=made.head,
            )
        )
