"""Try each mailbox, one thing after another, and say in plain words what is wrong."""

from __future__ import annotations

import imaplib
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.mail import connections
from corrtest.mail.mailboxes import Mailbox

__all__ = ["Finding", "check_mailbox"]

_QUOTA = re.compile(rb"STORAGE (\d+) (\d+)")
_VERDICT = re.compile(r"\b(spf|dkim|dmarc)=(\w+)")
NEARLY_FULL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried. `passed` is None where it could not be seen."""

    what: str
    passed: bool | None
    words: str


def check_mailbox(mailbox: Mailbox) -> Iterator[Finding]:
    """Yield what was found: names, password, sending, reading, room left, and what receivers made of the sender."""
    for server, what in (
        (mailbox.smtp, say("name of the sending server")),
        (mailbox.imap, say("name of the reading server")),
    ):
        try:
            socket.getaddrinfo(server.host, server.port)
        except OSError:
            yield Finding(what=what, passed=False, words=say("there is no server {host}", host=server.host))
        else:
            yield Finding(what=what, passed=True, words=server.host)
    try:
        mailbox.password()
    except RegisterError as error:
        yield Finding(what=say("password"), passed=False, words=error.message)
        return
    try:
        with connections.smtp(mailbox):
            yield Finding(what=say("sending: TLS and login"), passed=True, words=_secured(mailbox.smtp.security))
    except RegisterError as error:
        yield Finding(what=say("sending: TLS and login"), passed=False, words=error.message)
    yield from _reading(mailbox)


def _secured(security: str) -> str:
    return say("without TLS, on this machine alone") if security == "none" else security


def _reading(mailbox: Mailbox) -> Iterator[Finding]:
    try:
        with connections.imap(mailbox) as server:
            yield Finding(what=say("reading: TLS and login"), passed=True, words=_secured(mailbox.imap.security))
            if mailbox.sent_folder:
                answer, _ = server.select(f'"{mailbox.sent_folder}"', readonly=True)
                there = answer == "OK"
                words = mailbox.sent_folder if there else say("there is no folder '{name}'", name=mailbox.sent_folder)
                yield Finding(what=say("folder of sent mail"), passed=there, words=words)
            if b"QUOTA" in server.capability()[1][0].split():
                _, rows = server.getquotaroot("INBOX")
                found = _QUOTA.search(b" ".join(part for row in rows for part in row if isinstance(part, bytes)))
                if found:
                    used, room = int(found[1]), int(found[2])
                    yield Finding(
                        what=say("room left"),
                        passed=used < NEARLY_FULL * room,
                        words=say("{used:,.0f} of {room:,.0f} kB used", used=used, room=room),
                    )
            else:
                yield Finding(what=say("room left"), passed=None, words=say("the server does not tell"))
            server.select("INBOX", readonly=True)
            yield _standing(_verdicts(server))
    except RegisterError as error:
        yield Finding(what=say("reading: TLS and login"), passed=False, words=error.message)


def _verdicts(server: imaplib.IMAP4) -> dict[str, str]:
    """Return what a receiving server wrote about SPF, DKIM and DMARC on the newest mail that says so."""
    _, found = server.search(None, "HEADER", "Authentication-Results", '""')
    numbers = found[0].split() if found and found[0] else []
    for number in reversed(numbers[-20:]):
        _, rows = server.fetch(number.decode(), "(BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)])")
        head = message_from_bytes(next((row[1] for row in rows if isinstance(row, tuple)), b""))
        verdicts = dict(_VERDICT.findall(str(head.get("Authentication-Results", "")).lower()))
        if verdicts:
            return verdicts
    return {}


def _standing(verdicts: dict[str, str]) -> Finding:
    what = say("SPF, DKIM, DMARC")
    if not verdicts:
        return Finding(
            what=what,
            passed=None,
            words=say(
                "no mail in this mailbox says so yet; send one to an address elsewhere (the test address) and look at "
                "its Authentication-Results"
            ),
        )
    words = ", ".join(f"{name}={verdict}" for name, verdict in sorted(verdicts.items()))
    return Finding(what=what, passed=all(verdict == "pass" for verdict in verdicts.values()), words=words)
