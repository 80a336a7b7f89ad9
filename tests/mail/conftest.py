"""A register with letters to send, their documents, and a mail server that does what a test asks of it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corrtest.register import Register
from tests.register.conftest import NOON, PEOPLE, Clock, a_documents_folder, a_plan, a_study

TEXT = "Geachte\n\nGraag solliciteer ik voor deze job: métselaar.\n.Een regel die met een punt begint\n\nGroeten\n"


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as a test needs; addresses named `later`, `unknown`, `breaks` or `drops` are treated so."""

    server: SmtpServer

    def says(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self) -> None:
        self.says("220 ready")
        to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if verb.upper() == "EHLO":
                self.server.greeted.append(rest)
                self.says("250 8BITMIME")
            elif verb.upper() == "RCPT":
                address = rest.partition("<")[2].partition(">")[0]
                name = address.partition("@")[0]
                answers = {"later": "451 4.7.1 greylisted", "unknown": "550 5.1.1 no such user"}
                to = to if name in answers else [*to, address]
                self.says(answers.get(name, "250 ok"))
            elif verb.upper() == "DATA":
                if any(each.startswith("breaks@") for each in to):
                    return
                self.says("354 go on")
                mail = b""
                while not mail.endswith(b"\r\n.\r\n"):
                    mail += self.rfile.readline()
                self.server.took.append((tuple(to), mail[:-3].replace(b"\r\n..", b"\r\n.")))
                if any(each.startswith("drops@") for each in to):
                    return
                self.says("250 kept")
                to = []
            elif verb.upper() == "QUIT":
                self.says("221 bye")
                return
            else:
                to = []
                self.says("250 ok")


class SmtpServer(socketserver.ThreadingTCPServer):
    """Takes mail on loopback and keeps it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.took: list[tuple[tuple[str, ...], bytes]] = []
        self.greeted: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield running
        running.shutdown()


MAILBOXES = """
test_address = "test@study.example"

[sending]
pause_seconds = {pause}
per_domain_per_hour = {per_domain}

[[mailbox]]
address = "box@post.example"
personas = ["@post.example"]
per_hour = {per_hour}
smtp = {{ host = "127.0.0.1", port = {port}, security = "none" }}
imap = {{ host = "127.0.0.1", port = 1, security = "none" }}
"""


def mailboxes(folder: Path, port: int, *, per_hour: int = 20, per_domain: int = 5, pause: float = 0.0) -> Path:
    path = folder / "mailboxes.toml"
    path.write_text(MAILBOXES.format(port=port, per_hour=per_hour, per_domain=per_domain, pause=pause))
    return path


def the_documents(folder: Path) -> Path:
    """The documents of four pairs, with their e-mails."""
    a_documents_folder(folder)
    for (pair, arm), (name, mailbox, _) in PEOPLE.items():
        place = folder / pair / arm
        place.mkdir(parents=True)
        file = f"CV {name.split(maxsplit=1)[0]}.pdf"
        (place / file).write_bytes(b"%PDF-1.7 " + name.encode())
        head = f"From: {name} <{mailbox}>\nSubject: Sollicitatie metselaar – één\nAttachments: {file}"
        (place / "email.txt").write_text(f"{head}\n\n{TEXT}", encoding="utf-8")
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return the_documents(tmp_path / "documents")


def a_register(folder: Path, documents: Path, clock: Clock, addresses: list[str] | None = None) -> Register:
    study = a_study()
    plan = a_plan(study, address=addresses) if addresses else a_plan(study)
    register = Register.create(
        folder / "register.db", study, key_file=folder / "register.key", clock=clock, secret=b"s" * 32
    )
    register.intake.import_plan(plan)
    register.supervision.record_audit_of(documents)
    return register


@pytest.fixture
def register(tmp_path: Path, documents: Path, clock: Clock) -> Iterator[Register]:
    with a_register(tmp_path, documents, clock) as made:
        yield made
