"""Mail that came in, from a folder of files to a reaction on record, as a user types it."""

from __future__ import annotations

import json

import pytest

from tests.mail.conftest import a_register, mailboxes, the_documents
from tests.mail.made import a_mail
from tests.register.conftest import APPROVAL, STUDY, Clock

JOBS, YASSINE = "jobs@firm400000000.example", "yassine@post.example"


@pytest.fixture
def study(tmp_path, corrtest):
    """A study folder with mailboxes and a register of which two letters are out, and a folder of mails."""
    text = STUDY.format(name="small", approval=APPROVAL, pairs=4, total=2, window=1, weeks=8)
    (tmp_path / "study.toml").write_text(text)
    (tmp_path / "secret").mkdir()
    mailboxes(tmp_path / "secret", 1)
    with a_register(tmp_path, the_documents(tmp_path / "documents"), Clock()) as register:
        register.sending.mark_sent("P00001", "control", "2027-01-11T09:00")
        register.sending.mark_sent("P00001", "treated", "2027-01-12T09:00")
    (tmp_path / "mails").mkdir()
    mails = {
        "invitation": a_mail(YASSINE, sender=JOBS, text="Beste Yassine, kom maandag langs.\n"),
        "prize": a_mail(YASSINE, sender="win@prizes.example", subject="U won!", number=2),
        "agency": a_mail(YASSINE, sender="x@agency.example", subject="Uw brief", number=3),
    }
    for name, mail in mails.items():
        (tmp_path / "mails" / f"{name}.eml").write_bytes(mail.as_bytes())
    options = ("--key-file", tmp_path / "register.key")
    place = tmp_path / "register.db"

    def run(verb, *arguments):
        where = (place,) if verb in ("answers", "withdraw") else ("--register", place)
        return corrtest("mail", verb, *(where + arguments if verb == "answers" else arguments + where), *options)

    return run


@pytest.mark.slow
def test_from_a_folder_of_mails_to_reactions_on_record(study):
    ran = study("read", "mails", "--json")
    assert ran.code == 0, ran.err
    assert [(each["place"], each["matched"], each["unmatched"]) for each in json.loads(ran.out)] == [
        ("agency.eml", 0, 1), ("invitation.eml", 1, 0), ("prize.eml", 0, 1),
    ]  # fmt: skip
    shown = {each["from"]: each for each in json.loads(study("answers", "--json").out)}
    assert shown[JOBS]["text"] == "Beste […], kom maandag langs."
    assert YASSINE not in json.dumps(shown[JOBS])
    assert shown["x@agency.example"]["to"] == [YASSINE]
    numbers = {name: str(each["mail"]) for name, each in shown.items()}
    (application,) = shown[JOBS]["applications"]

    assert study("confirm", numbers[JOBS], "--reaction", "invitation").code == 0
    refused = study("confirm", numbers["x@agency.example"], "--reaction", "negative")
    assert refused.code != 0
    assert "mail link" in refused.err
    assert study("link", numbers["x@agency.example"], str(application)).code == 0
    assert study("confirm", numbers["x@agency.example"], "--reaction", "request").code == 0
    assert study("aside", numbers["win@prizes.example"], "--reason", "advertising").code == 0
    assert json.loads(study("answers", "--json").out) == []
    assert "advertising" in study("answers", numbers["win@prizes.example"]).out
    waiting = json.loads(study("withdraw", "--dry-run", "--json").out)
    assert [letter["recipient"] for letter in waiting["letters"]] == [JOBS]
    assert waiting["calls"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("confirm", "7"), "Say either --reaction or --bounced"),
        (("confirm", "x", "--bounced"), "no number of a mail"),
        (("confirm", "9999", "--reaction", "negative"), "No mail 9999"),
        (("answers", "9999"), "No mail 9999"),
        (("read", "documents"), "holds no mail"),
    ],
)
def test_what_is_typed_wrongly_is_said(study, arguments, words):
    ran = study(*arguments)
    assert ran.code != 0
    assert words in ran.err
    assert "Traceback" not in ran.err
