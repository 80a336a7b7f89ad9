"""The verb mail summary: what needs a person today, shown or sent to the coordinator."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.mail.opening import mail_plan
from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.language import say


def summary(
    place: Place = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send it to the study's own test address, for instance each morning.")
    ] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Say what needs a person today: withdrawals, unlinked mail, letters that came back, mailboxes, discoveries."""
    from corrtest.mail import alerts, send_summary, silent_mailboxes

    plan = mail_plan()
    with opened(place, study, key_file) as register:
        lines = [*alerts(register, actor=actor), *silent_mailboxes(plan)]
        if send:
            send_summary(register, plan, lines)
    if as_json:
        show_json(lines)
        return
    for line in lines or [say("Nothing needs you.")]:
        show(line)
    if send:
        show(say("Sent to {address}.", address=plan.test_address))
