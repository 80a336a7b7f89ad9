"""The whole road over real servers: an application goes out, the employer answers, a person confirms and declines."""

from __future__ import annotations

import time
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from corrtest.mail import confirm, due_declines, fetch, read_message, send_declines, send_due
from corrtest.register import Register
from tests.mail.conftest import a_register
from tests.mail.dovecot import DovecotBox, a_box
from tests.mail.made import a_mail
from tests.register.conftest import Clock


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DovecotBox:
    return a_box(tmp_path, monkeypatch)


def taken(register: Register, box: DovecotBox, *, own: int, matched: int = 0) -> None:
    """Fetch until the mail server has delivered so much."""
    counts = {"own": 0, "matched": 0, "unmatched": 0}
    for _ in range(100):
        for found in fetch(register, box.plan, actor="coordinator"):
            assert found.trouble == ""
            counts = {name: count + getattr(found, name) for name, count in counts.items()}
        if counts["own"] >= own and counts["matched"] >= matched:
            break
        time.sleep(0.05)
    assert counts == {"own": own, "matched": matched, "unmatched": 0}


@pytest.mark.slow
def test_from_application_to_decline(box: DovecotBox, documents: Path, tmp_path: Path, clock: Clock) -> None:
    addresses = [f"{box.address.partition('@')[0]}@firm{n}.example" for n in range(4)]
    firm = DovecotBox(addresses[0], box.plan)
    with a_register(tmp_path, documents, clock, addresses) as register:
        register.post.rehearse(register.now(), 1)
        outcomes = list(send_due(register, box.plan, documents, actor="coordinator", wait=lambda seconds: None))
        assert [each.kind for each in outcomes] == ["sent"] * 4
        taken(register, box, own=4)
        (letter,) = firm.inbox()
        clock.at += timedelta(hours=1)
        answer = a_mail(
            str(message_from_bytes(letter)["From"]), sender=f"Ann <{firm.address}>", text="Kom maandag.\n",
            date="Mon, 11 Jan 2027 13:30:00 +0100", In_Reply_To=read_message(letter).message_id,
        )  # fmt: skip
        box.put(answer.as_bytes())
        taken(register, box, own=0, matched=1)
        (number,) = register.inbox.mails()
        # The server dates what comes in by its own clock, which is not that of the test.
        confirm(register, number, "invitation", at="2027-01-11T13:30", actor="coordinator")
        declines = due_declines(register, box.plan, actor="coordinator").letters
        for _ in range(2):  # the second time there is nothing left to say
            done = send_declines(register, box.plan, declines, actor="coordinator", wait=lambda seconds: None)
            assert [each.kind for each in done] == ["sent"] * len(declines)
            declines = due_declines(register, box.plan, actor="coordinator").letters
        taken(register, box, own=1)
        assert [read_message(each).subject for each in firm.inbox()][1:] == ["Re: Sollicitatie"]
        assert register.oversight.verify().passed
