"""The verb mail read: mails that somebody exported are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.mail.opening import mail_plan, secret_folder
from corrtest.cli.mail.showing import show_taken_in
from corrtest.cli.options import AsJson
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, StudyName


def read(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Mails: a folder, or one .eml, .mbox or .msg file.")],
    place: Annotated[str | None, typer.Option("--register", help="The register, if not the study folder's.")] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Keep mails that were exported to files, without a connection; what is kept already is left."""
    from corrtest.mail import MAILBOXES_FILE, read_folder

    plan = mail_plan() if (secret_folder() / MAILBOXES_FILE).is_file() else None
    with opened(place, study, key_file) as register:
        show_taken_in(list(read_folder(register, folder, plan, actor=actor)), as_json=as_json)
