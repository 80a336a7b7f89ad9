"""Who answered positively by mail is told by mail, once, that the candidate is not available."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from corrtest.mail import (
    Declines,
    Outcome,
    confirm,
    decline_text,
    due_declines,
    read_folder,
    read_mail_plan,
    read_message,
    send_declines,
)
from corrtest.register import Refusal, Register
from tests.mail.conftest import mailboxes
from tests.mail.made import a_mail
from tests.register.conftest import Clock

JOBS, YASSINE, JAN = "jobs@firm400000000.example", "yassine@post.example", "jan.claes@post.example"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRTEST_MAIL_PASSWORD_BOX_POST_EXAMPLE", "secret")


@pytest.fixture
def out(register: Register, clock: Clock) -> Register:
    """A register of which every letter is out, two days later, after a rehearsal."""
    for _ in range(2):
        for row in register.sending.worklist(register.now()).to_dict("records"):
            register.sending.mark_sent(row["pair_id"], row["arm"], register.now())
        clock.at += timedelta(days=1)
    register.post.rehearse(register.now(), 1)
    clock.at += timedelta(hours=1)
    return register


def invited(register: Register, folder: Path, *mails: bytes) -> None:
    """Employers invite by these mails, which a person confirms."""
    folder.mkdir()
    for number, source in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(source)
    list(read_folder(register, folder, None, actor="coordinator"))
    for number in register.inbox.mails():
        confirm(register, number, "invitation", actor="coordinator")


def an_invitation(to: str = YASSINE, sender: str = JOBS, number: int = 1) -> bytes:
    return a_mail(
        to, sender=sender, number=number, text="Metselaar: kom!\n", date="Wed, 13 Jan 2027 09:00:00 +0100"
    ).as_bytes()


def due(register: Register, path: Path) -> Declines:
    return due_declines(register, read_mail_plan(path), actor="coordinator")


def declined(register: Register, path: Path) -> list[Outcome]:
    plan, waits = read_mail_plan(path), []
    letters = due(register, path).letters
    return list(send_declines(register, plan, letters, actor="coordinator", wait=waits.append))


def test_who_invited_by_mail_is_told_once_and_it_is_on_record(out, server, tmp_path):
    path = mailboxes(tmp_path, server.port)
    invited(out, tmp_path / "mails", an_invitation())
    assert [each.kind for each in declined(out, path)] == ["sent"]
    assert declined(out, path) == []
    assert out.finding.one(YASSINE, "withdrawn").state == "withdrawn"
    ((recipients, source),) = server.took
    mail = message_from_bytes(source, policy=policy.default)
    assert recipients == (JOBS, "box@post.example")
    assert mail["From"].addresses[0].addr_spec == YASSINE
    assert mail["Subject"] == "Re: Sollicitatie"
    assert mail["In-Reply-To"] == mail["References"] == "<1@made.example>"
    assert mail.get_content().rstrip().endswith("Yassine El Amrani")
    assert [(letter.what, letter.state) for letter in out.post.letters()] == [("withdrawal", "sent")]
    assert out.oversight.verify().passed


def test_an_answer_to_a_decline_is_matched_and_its_copy_is_left(out, server, tmp_path):
    invited(out, tmp_path / "mails", an_invitation())
    path = mailboxes(tmp_path, server.port)
    declined(out, path)
    ((_, source),) = server.took
    sorry = a_mail("us@a.example", sender="x@b.example", In_Reply_To=read_message(source).message_id, number=5)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "copy.eml").write_bytes(source)
    (tmp_path / "more" / "sorry.eml").write_bytes(sorry.as_bytes())
    copy, answer = read_folder(out, tmp_path / "more", None, actor="coordinator")
    assert (copy.own, answer.matched) == (1, 1)


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [(JOBS, JOBS), ("ann@firm400000000.example", "ann@firm400000000.example"), ("noreply@firm400000000.example", JOBS),
     ("ann@agency.example", JOBS)],
)  # fmt: skip
def test_a_decline_goes_to_the_employer_who_wrote_or_to_the_vacancy(out, server, tmp_path, sender, recipient):
    invited(out, tmp_path / "mails", an_invitation(sender=sender).replace(b"Metselaar", JOBS.encode()))
    (letter,) = due(out, mailboxes(tmp_path, server.port)).letters
    assert letter.recipient == recipient


def test_who_telephoned_is_on_the_list_of_calls(out, server, tmp_path):
    out.replies.record("P00002", "treated", "invitation", "2027-01-13T10:00", channel="telephone")
    out.replies.record("P00003", "control", "negative", "2027-01-13T10:00", channel="telephone")
    invited(out, tmp_path / "mails", an_invitation())
    found = due(out, mailboxes(tmp_path, server.port))
    assert [letter.pair_id for letter in found.letters] == ["P00001"]
    assert [call["pair_id"] for call in found.calls] == ["P00002"]


def test_what_may_be_out_is_settled_by_a_person_and_goes_once(out, server, tmp_path, documents, clock):
    invited(out, tmp_path / "mails", an_invitation(sender="drops@firm400000000.example"))
    path = mailboxes(tmp_path, server.port)
    assert [each.kind for each in declined(out, path)] == ["unsettled"]
    assert declined(out, path) == []
    assert out.finding.one(YASSINE, "withdrawn").state == "sent"
    out.post.settle("P00001", "treated", went=True, how="person", what="withdrawal")
    assert out.finding.one(YASSINE, "withdrawn").state == "withdrawn"
    assert declined(out, path) == []
    assert len(server.took) == 1
    assert out.oversight.verify().passed


def test_nothing_is_declined_where_nothing_may_go(out, server, tmp_path, clock):
    invited(out, tmp_path / "mails", an_invitation(), an_invitation(JAN, number=2))
    path = mailboxes(tmp_path, server.port)
    place = {"message_id": "<1@post.example>", "mailbox": "m", "domain": "d", "what": "withdrawal"}
    with pytest.raises(Refusal, match="no positive reaction"):
        out.post.hand_over("P00002", "control", out.now(), **place)
    clock.at += timedelta(hours=12)
    assert [each.kind for each in declined(out, path)] == ["later"]  # at night
    clock.at += timedelta(hours=12)
    out.employers.block(pair_id="P00001")
    assert [each.kind for each in declined(out, path)] == ["held", "held"]
    out.supervision.stop("an employer found out")
    with pytest.raises(Refusal, match="stopped"):
        declined(out, path)
    assert server.took == []


def sentences(text: str) -> set[str]:
    return {each for each in re.split(r"(?<=\.) |\n+", text) if each}


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_twins_share_no_sentence_and_neither_arm_has_a_wording_of_its_own(language):
    firsts = {"control": 0, "treated": 0}
    texts = set()
    for number in range(400):
        control, treated = (decline_text(language, arm, "N", f"secret {number}") for arm in ("control", "treated"))
        assert sentences(control) & sentences(treated) == {"N"}
        texts |= {control, treated}
        first = min(control, treated)
        firsts["control" if first == control else "treated"] += 1
    assert len(texts) > 300
    assert abs(firsts["control"] - 200) < 60  # six standard errors of a fair coin
