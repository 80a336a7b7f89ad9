"""What mailboxes.toml may say, and that each fault of it is named."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.mail import check_mailbox, read_mail_plan
from tests.mail.conftest import mailboxes


def test_a_file_is_read(tmp_path: Path):
    plan = read_mail_plan(mailboxes(tmp_path, 25))
    assert (plan.opens, plan.closes, plan.test_address) == (time(8), time(18), "test@study.example")
    box = plan.mailbox_of("Jan.Claes@Post.example")
    assert box is not None
    assert (box.address, box.smtp.port, box.user) == ("box@post.example", 25, "box@post.example")
    assert plan.mailbox_of("jan@elsewhere.example") is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('host = "127.0.0.1", port = 25', 'host = "mail.example", port = 25', "in the open"),
        ("per_hour = 20", 'password = "x"', "no password in this file"),
        ("[sending]", "[sending]\nfrom = '18:00'\nuntil = '8:00'", "an hour after"),
        ('"@post.example"', '"post"', "mail addresses"),
        ("per_hour = 20", "per_day = 20", "per_hour"),
        ('test_address = "test@study.example"', 'test_address = "me"', "a mail address"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, old: str, new: str, told: str):
    path = mailboxes(tmp_path, 25)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=told):
        read_mail_plan(path)


def test_an_absent_file_and_password_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InputError, match="no mailboxes yet"):
        read_mail_plan(tmp_path / "mailboxes.toml")
    (box,) = read_mail_plan(mailboxes(tmp_path, 25)).mailboxes
    monkeypatch.delenv(box.variable, raising=False)
    with pytest.raises(RegisterError, match="CORRTEST_MAIL_PASSWORD_BOX_POST_EXAMPLE"):
        box.password()


def test_what_nothing_answers_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (box,) = read_mail_plan(mailboxes(tmp_path, 1)).mailboxes
    monkeypatch.setenv(box.variable, "secret")
    found = list(check_mailbox(box))
    assert [each.passed for each in found] == [True, True, False, False]
    assert all("nothing listens there" in each.words for each in found[2:])
