"""A mailbox on the Dovecot that `.ci/mail start` starts: filled as mail servers fill it, read as corrtest reads it."""

from __future__ import annotations

import imaplib
import os
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from corrtest.mail import MailPlan, read_mail_plan

PLAN = """
test_address = "test@study.example"

[[mailbox]]
address = "{address}"
personas = ["@post.example"]
certificate = "{certificate}"
smtp = {{ host = "localhost", port = {smtp}, security = "tls" }}
imap = {{ host = "localhost", port = {imap}, security = "tls" }}
"""


@dataclass(frozen=True)
class DovecotBox:
    address: str
    plan: MailPlan

    @contextmanager
    def server(self) -> Iterator[imaplib.IMAP4_SSL]:
        mailbox = self.plan.mailboxes[0]
        context = ssl.create_default_context(cafile=str(mailbox.certificate))
        with imaplib.IMAP4_SSL("localhost", mailbox.imap.port, ssl_context=context) as server:
            server.login(self.address, "secret")
            yield server

    def put(self, *sources: bytes, folder: str = "INBOX") -> None:
        with self.server() as server:
            for source in sources:
                assert server.append(folder, "", "", source)[0] == "OK"

    def inbox(self) -> list[bytes]:
        """What the inbox holds, in the order in which it came."""
        with self.server() as server:
            server.select("INBOX", readonly=True)
            numbers = server.search(None, "ALL")[1][0].split()
            return [server.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]

    def seen(self) -> int:
        """How many mails of the inbox somebody has read."""
        with self.server() as server:
            server.select("INBOX", readonly=True)
            return len(server.search(None, "SEEN")[1][0].split())

    def number_anew(self, folder: str) -> None:
        """Make a folder that the server numbers anew, with the same mails in it, as a move to another server does."""
        with self.server() as server:
            server.create("aside")
            server.select(folder)
            server.copy("1:*", "aside")
            server.close()
            server.delete(folder)
            server.rename("aside", folder)


def a_box(folder: Path, monkeypatch: pytest.MonkeyPatch) -> DovecotBox:
    place = os.environ.get("CORRTEST_MAIL")
    if not place:
        pytest.skip('no mail servers: eval "$(.ci/mail start)" gives them (root, Postfix and Dovecot)')
    address = f"box-{uuid.uuid4().hex[:12]}@mail.example"
    path = folder / "dovecot.toml"
    path.write_text(
        PLAN.format(
            address=address,
            certificate=Path(place) / "certificate.pem",
            smtp=os.environ["CORRTEST_MAIL_SMTP"],
            imap=os.environ["CORRTEST_MAIL_IMAP"],
        )
    )
    plan = read_mail_plan(path)
    monkeypatch.setenv(plan.mailboxes[0].variable, "secret")
    return DovecotBox(address, plan)
