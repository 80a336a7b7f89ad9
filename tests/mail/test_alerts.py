"""What needs a person is said; suggestions in a study are off until they are proven."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from corrtest.mail import (
    alerts,
    confirm,
    read_answers,
    read_folder,
    read_mail_plan,
    send_summary,
    silent_mailboxes,
    standing,
    suggested_for,
    suggestions,
    train_own,
)
from corrtest.mail.suggesting import MODEL_FILE
from corrtest.register import Register
from tests.mail.conftest import SmtpServer, mailboxes
from tests.mail.made import a_mail
from tests.register.conftest import PEOPLE, Clock

JOBS = "jobs@firm400000000.example"
WORDS = ("Wij nodigen u graag uit voor een gesprek.", "Helaas werd u niet weerhouden.")


@pytest.fixture
def out(register: Register, clock: Clock) -> Register:
    """A register of which every letter is out, and three days have passed."""
    for position in (1, 2):
        for row in register.sending.worklist(register.now()).to_dict("records"):
            register.sending.mark_sent(row["pair_id"], row["arm"], register.now())
        clock.at += timedelta(days=position)
    return register


def written(register: Register, folder: Path, *texts: str) -> list[int]:
    """Keep a mail of each text, from the first employer, in turn to its two candidates; return their numbers."""
    folder.mkdir(exist_ok=True)
    first = next(iter(PEOPLE))[0]
    boxes = [person[1] for (pair, _), person in PEOPLE.items() if pair == first]
    for number, text in enumerate(texts):
        mail = a_mail(boxes[number % len(boxes)], sender=JOBS, text=text, number=number)
        (folder / f"{number}.eml").write_bytes(mail.as_bytes())
    assert not any(each.trouble for each in read_folder(register, folder, None, actor="coordinator"))
    return list(register.inbox.mails())


def test_an_employer_who_found_out_comes_first(out, tmp_path):
    (number,) = written(out, tmp_path / "in", "Wij denken dat dit een praktijktest is.")
    found = alerts(out, actor="coordinator")
    assert found[0].startswith(f"Mail {number} reads as if the employer found out")
    (application,) = read_answers(out, actor="coordinator")[0].applications
    assert f"register incident {application} --kind discovery --block" in found[0]
    assert "firm400000000" not in "".join(found)


def test_withdrawals_and_what_is_not_linked_are_said(out, tmp_path, clock):
    number, _ = written(out, tmp_path / "in", WORDS[0], WORDS[1])
    (tmp_path / "in" / "9.eml").write_bytes(a_mail("nobody@post.example", sender="x@y.example", number=9).as_bytes())
    assert len(list(read_folder(out, tmp_path / "in", None, actor="coordinator"))) == 3
    confirm(out, number, "invitation", actor="coordinator")
    clock.at += timedelta(days=30)
    said = "\n".join(alerts(out, actor="coordinator"))
    assert "1 positive answer waits for a withdrawal, 1 past the hours" in said
    assert "1 mail is not linked to an application" in said
    assert "1 mail waits for confirmation" in said


def test_nothing_to_say_is_nothing_said(out):
    assert alerts(out, actor="coordinator") == []


def test_the_summary_goes_to_the_studys_own_address(out, tmp_path, server: SmtpServer, monkeypatch):
    plan = read_mail_plan(mailboxes(tmp_path, server.port))
    monkeypatch.setenv(plan.mailboxes[0].variable, "secret")
    send_summary(out, plan, ["two things"])
    ((to, source),) = server.took
    assert to == ("test@study.example",)
    assert b"- two things" in source


def test_a_mailbox_that_does_not_answer_is_named(tmp_path, server: SmtpServer, monkeypatch):
    plan = read_mail_plan(mailboxes(tmp_path, server.port))
    monkeypatch.setenv(plan.mailboxes[0].variable, "secret")
    (found,) = silent_mailboxes(plan)
    assert "box@post.example" in found


def test_suggestions_are_off_until_enough_is_confirmed(out, tmp_path, monkeypatch):
    first, second, _ = written(out, tmp_path / "in", *WORDS, WORDS[1])
    confirm(out, first, "invitation", actor="coordinator")
    confirm(out, second, "negative", actor="coordinator")
    assert "2 answers are confirmed, and 50 are needed" in standing(out, tmp_path, actor="coordinator").off
    waiting = read_answers(out, actor="coordinator")
    assert suggested_for(out, tmp_path, waiting, actor="coordinator") == {}
    monkeypatch.setattr(suggestions, "NEEDED", 2)
    found = standing(out, tmp_path, actor="coordinator")
    assert (found.confirmed, found.off) == (2, "")
    assert found.confusion.arms["wrong"].tolist() == [0, 0]
    (told,) = suggested_for(out, tmp_path, waiting, actor="coordinator").values()
    assert (told.reaction, told.evidence) == ("negative", ("Helaas werd u niet",))


@pytest.mark.slow
def test_suggestions_are_off_where_one_arm_suffers(out, tmp_path, monkeypatch):
    numbers = written(out, tmp_path / "in", *WORDS)
    for number in numbers:
        confirm(out, number, "negative", actor="coordinator")
    monkeypatch.setattr(suggestions, "NEEDED", 2)
    monkeypatch.setattr(suggestions, "DIFFERS", 1.01)
    assert "wrong more often in one arm" in standing(out, tmp_path, actor="coordinator").off


@pytest.mark.slow
def test_a_study_trains_its_own_model(out, tmp_path):
    numbers = written(out, tmp_path / "in", *WORDS)
    confirm(out, numbers[0], "invitation", actor="coordinator")
    assert train_own(out, tmp_path, actor="coordinator").own == 1
    assert (tmp_path / MODEL_FILE).is_file()
    assert standing(out, tmp_path, actor="coordinator").own == 1
