"""The mailboxes of a study, as `secret/mailboxes.toml` names them; passwords are never in that file."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from corrtest.errors import InputError, RegisterError
from corrtest.language import say
from corrtest.spec import Section, key_lines, parse_toml

__all__ = ["MAILBOXES_FILE", "MailPlan", "Mailbox", "Server", "read_mail_plan"]

MAILBOXES_FILE = "mailboxes.toml"
SECURITY = ("tls", "starttls", "none")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_HOUR = re.compile(r"(\d{1,2})(?:[:.u](\d{2}))?")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One end of a mail connection: `tls` from the first byte, `starttls` after a greeting, `none` on this machine."""

    host: str
    port: int
    security: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox that belongs to the study.

    Attributes
    ----------
    address : str
        Its own address, where its copies come in.
    personas : tuple of str
        Whose mail it carries: addresses, or `@domain` for all of a domain.
    user : str
        The name by which it logs in.
    smtp, imap : Server
        Where it sends and where it is read.
    sent_folder : str
        Where its sent mail is kept; "" where the provider keeps it by itself.
    certificate : Path or None
        A certificate of one's own that its servers show; None for those that everybody knows.
    per_hour : int
        Most letters an hour.
    """

    address: str
    personas: tuple[str, ...]
    user: str
    smtp: Server
    imap: Server
    sent_folder: str
    certificate: Path | None
    per_hour: int

    @property
    def variable(self) -> str:
        """The environment variable in which its password may be."""
        return "CORRTEST_MAIL_PASSWORD_" + re.sub(r"[^A-Z0-9]", "_", self.address.upper())

    def password(self) -> str:
        """Return the password: from the environment, else from the key ring of the system."""
        found = os.environ.get(self.variable)
        if not found:
            found = _from_key_ring(self.address)
        if not found:
            raise RegisterError(
                say(
                    "There is no password for {address}. Put it in the environment variable {variable}, or in the key "
                    "ring under 'corrtest' (`keyring set corrtest {address}`).",
                    address=self.address,
                    variable=self.variable,
                )
            )
        return found

    def carries(self, address: str) -> bool:
        """Say whether mail of this persona goes through this mailbox."""
        wanted = address.casefold()
        return wanted in self.personas or f"@{wanted.rpartition('@')[2]}" in self.personas


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPlan:
    """How a study sends: its mailboxes, its hours on the Belgian clock, its pace, and its own test address."""

    mailboxes: tuple[Mailbox, ...]
    test_address: str
    opens: time
    closes: time
    pause: tuple[float, float]
    per_domain_per_hour: int

    def mailbox_of(self, persona: str) -> Mailbox | None:
        """Return the mailbox through which a persona writes: one that names the address before one of its domain."""
        wanted = persona.casefold()
        named = [each for each in self.mailboxes if wanted in each.personas]
        return next(iter(named or [each for each in self.mailboxes if each.carries(wanted)]), None)


def read_mail_plan(path: Path) -> MailPlan:
    """Read the mailboxes of a study.

    Raises
    ------
    InputError
        The file is absent, or has faults: all of them are named.
    """
    if not path.is_file():
        raise InputError(
            say(
                "This study has no mailboxes yet: {path} is not there. docs/mail.md shows what to write in it.",
                path=path,
            )
        )
    text = path.read_text(encoding="utf-8-sig")
    values, faults = parse_toml(path.name, text)
    if values is None:
        raise InputError(say("{file} cannot be read.", file=path.name), faults)
    root = Section(values, path="", file=path.name, lines=key_lines(text), faults=faults)
    test_address = _address(root, "test_address")
    sending = root.table("sending", required=False)
    opens, closes = _hour(sending, "from", "8:00"), _hour(sending, "until", "18:00")
    shortest = sending.number("pause_seconds", low=0.0, high=3600.0, default=20.0) or 0.0
    longest = sending.number("pause_seconds_most", low=0.0, high=3600.0, default=3 * shortest) or 0.0
    per_domain = sending.integer("per_domain_per_hour", low=1, default=5)
    if closes <= opens:
        sending.fault(
            "until", given=str(closes), expected=say("an hour after 'from'"), action=say("Change one of them.")
        )
    sending.close()
    mailboxes = tuple(_mailbox(each, path.parent) for each in root.tables("mailbox", required=True))
    root.close()
    for number, each in enumerate(mailboxes):
        for persona in each.personas:
            if any(persona in other.personas for other in mailboxes[:number]):
                root.item("mailbox", number).fault(
                    "personas",
                    given=persona,
                    expected=say("each persona in one mailbox"),
                    action=say("Delete it from one of the two."),
                )
    if faults:
        raise InputError(say("{file} cannot be used:", file=path.name), faults)
    return MailPlan(
        mailboxes=mailboxes,
        test_address=test_address,
        opens=opens,
        closes=closes,
        pause=(shortest, max(shortest, longest)),
        per_domain_per_hour=per_domain,
    )


def _from_key_ring(address: str) -> str | None:
    """Return the password from the key ring of the system; None where there is no key ring, or it does not know it."""
    try:
        import keyring  # noqa: PLC0415  (an optional part)
    except ImportError:
        return None
    try:
        found: str | None = keyring.get_password("corrtest", address)
    except keyring.errors.KeyringError:  # a machine without a desktop has none
        return None
    return found


def _mailbox(section: Section, folder: Path) -> Mailbox:
    if "password" in section.values:
        section.raw("password")
        section.fault(
            "password",
            given=say("a password"),
            expected=say("no password in this file"),
            action=say(
                "Delete it, change it at the provider, and keep the new one in the key ring or the environment."
            ),
        )
    address = _address(section, "address")
    personas = tuple(each.casefold() for each in section.words("personas", None))
    for persona in personas:
        if not (_ADDRESS.fullmatch(persona) or _ADDRESS.fullmatch(f"x{persona}")):
            section.fault(
                "personas",
                given=persona,
                expected=say("mail addresses, or @domain for all of a domain"),
                action=say("Write it as jan@example.be or @example.be."),
            )
    certificate = section.text("certificate", required=False)
    found = Mailbox(
        address=address,
        personas=personas or (address,),
        user=section.text("user", required=False, default=address),
        smtp=_server(section.table("smtp", required=True), 465),
        imap=_server(section.table("imap", required=True), 993),
        sent_folder=section.text("sent_folder", required=False) if section.values.get("sent_folder") else "",
        certificate=folder / certificate if certificate else None,
        per_hour=section.integer("per_hour", low=1, default=20),
    )
    section.raw("sent_folder")
    section.close()
    return found


def _server(section: Section, port: int) -> Server:
    found = Server(
        host=section.text("host"),
        port=section.integer("port", low=1, high=65535, default=port),
        security=section.choice("security", SECURITY, default="tls"),
    )
    if found.security == "none" and found.host not in _LOOPBACK:
        section.fault(
            "security",
            given="none",
            expected=say("tls or starttls: a password would cross the network in the open"),
            action=say("Ask the provider which of the two its server speaks."),
        )
    section.close()
    return found


def _address(section: Section, key: str) -> str:
    value = section.text(key).casefold()
    if value and not _ADDRESS.fullmatch(value):
        section.fault(key, given=value, expected=say("a mail address"), action=say("Write it as name@example.be."))
    return value


def _hour(section: Section, key: str, default: str) -> time:
    value = section.text(key, required=False, default=default)
    found = _HOUR.fullmatch(value)
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else time.fromisoformat(value)
    except ValueError:
        section.fault(key, given=value, expected=say("an hour such as 8:00"), action=say("Write it in quotes."))
        return time.fromisoformat(default.zfill(5))
