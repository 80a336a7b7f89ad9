"""The verb mail fetch: what came into the mailboxes is kept."""

from __future__ import annotations

from corrtest.cli.mail.opening import mail_plan
from corrtest.cli.mail.showing import show_taken_in
from corrtest.cli.options import AsJson
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName


def fetch(
    place: Place = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Keep what came into the mailboxes since the last time, encrypted, each mail with the application it answers."""
    from corrtest.mail import fetch as fetched

    plan = mail_plan()
    with opened(place, study, key_file) as register:
        show_taken_in(list(fetched(register, plan, actor=actor)), as_json=as_json)
