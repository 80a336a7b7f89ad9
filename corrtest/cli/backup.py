"""The verb backup: the whole study folder as one encrypted file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.passphrase import passphrase
from corrtest.cli.places import Places, shown
from corrtest.cli.register.opening import opened
from corrtest.errors import CorrtestError
from corrtest.language import say


def backup(
    study: Annotated[Path | None, typer.Argument(help="The study folder; else the one that you are in.")] = None,
    out: Annotated[Path, typer.Option("--out", help="The file to write, outside the study folder.")] = ...,  # type: ignore[assignment]
    register: Annotated[
        str | None, typer.Option("--register", help="The register, where it is not in the folder: its address.")
    ] = None,
) -> None:
    """Save the whole study folder, register, keys and all, as one file that a passphrase opens.

    Others go on working meanwhile. The passphrase is asked for, or taken from CORRTEST_PASSPHRASE. Keep it apart from
    the file: without it nobody opens the backup, you included.
    """
    from corrtest.register import back_up_folder

    folder = Places.around(study).folder
    if folder is None:
        raise CorrtestError(say("This is no study folder: it has no study.toml. Make one with: corrtest new SECTOR"))
    secret = passphrase(twice=True)
    if register is None and not folder.register.is_file():
        made = back_up_folder(folder, out, secret)
    else:
        with opened(register or str(folder.register)) as source:
            made = back_up_folder(folder, out, secret, register=source)
    show(say("Saved {files} files in {out}.", files=len(made.files), out=shown(out)))
    if made.head is not None:
        show(say("The register is in it. Head: {head}", head=made.head))
    if made.left_out:
        show(say("Left out, since they point elsewhere: {links}", links=", ".join(made.left_out)))
