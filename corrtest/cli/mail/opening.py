"""What every verb of mail stands on: the study folder's mailboxes and its register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.places import Places
from corrtest.errors import CorrtestError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.mail import MailPlan


def secret_folder() -> Path:
    """Return the folder of the study's secrets, where its mailboxes are named."""
    folder = Places.here().folder
    if folder is None:
        raise CorrtestError(say("Mail goes out from a study folder: it has a study.toml. Go there first."))
    return folder.secret


def mail_plan() -> MailPlan:
    """Return the mailboxes of the study folder."""
    from corrtest.mail import MAILBOXES_FILE, read_mail_plan

    return read_mail_plan(secret_folder() / MAILBOXES_FILE)
