"""The verb mail check: try every mailbox."""

from __future__ import annotations

from dataclasses import asdict

from corrtest.cli.mail.opening import mail_plan
from corrtest.cli.options import AsJson
from corrtest.cli.output import show_json, show_table
from corrtest.errors import CheckFailed
from corrtest.language import say


def check(as_json: AsJson = False) -> None:
    """Try every mailbox of the study: names, TLS, login, room left, and what receivers make of the sender."""
    from corrtest.mail import check_mailbox

    found = {mailbox.address: list(check_mailbox(mailbox)) for mailbox in mail_plan().mailboxes}
    if as_json:
        show_json({address: [asdict(each) for each in findings] for address, findings in found.items()})
    else:
        for address, findings in found.items():
            rows = [
                ("?" if each.passed is None else say("good") if each.passed else say("WRONG"), each.what, each.words)
                for each in findings
            ]
            show_table(address, (say("result"), say("what was tried"), say("in words")), rows)
    wrong = [address for address, findings in found.items() if any(each.passed is False for each in findings)]
    if wrong:
        raise CheckFailed(say("These mailboxes cannot be used as they are: {names}.", names=", ".join(wrong)))
