"""What comes in is kept: fetched from the mailboxes, or read from a folder of mails that somebody exported."""

from __future__ import annotations

import imaplib
import mailbox as archives
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.mail import connections
from corrtest.mail.connections import MailTrouble
from corrtest.mail.mailboxes import Mailbox, MailPlan
from corrtest.mail.matching import Directory
from corrtest.mail.reading import read_message
from corrtest.register import Mark, Register

__all__ = ["TakenIn", "fetch", "read_folder"]

ENDINGS = (".eml", ".mbox", ".msg")
INBOX = "INBOX"
# Where answers land that a provider takes for advertising: by the mark of the folder, or by its name.
_JUNK_NAMES = frozenset(
    ("junk", "spam", "junk e-mail", "junk email", "bulk mail", "ongewenste e-mail", "courrier ind&aok-sirable")
)
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?P<sign>[^"]*)"|NIL) "?(?P<name>.*?)"?$')
_DATED = re.compile(rb'INTERNALDATE "([^"]+)"')
# A clock that is a little off does not make a date unlikely.
_SLACK = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class TakenIn:
    """What came of one mailbox, or of one file.

    Attributes
    ----------
    place : str
        The address of the mailbox, or the name of the file.
    matched, unmatched : int
        Mails that were kept: those of which it is known what they answer, and the others.
    known : int
        Mails that were kept before.
    own : int
        Copies of our own letters, which are not kept.
    trouble : str
        Why not all could be read; "" where all was.
    """

    place: str
    matched: int = 0
    unmatched: int = 0
    known: int = 0
    own: int = 0
    trouble: str = ""


@dataclass(slots=True)
class _Taker:
    """Takes one mail after another in."""

    register: Register
    actor: str
    plan: MailPlan | None
    directory: Directory = field(init=False)

    def __post_init__(self) -> None:
        letters = self.register.post.letters(actor=self.actor)
        self.directory = Directory(
            self.register.inbox.applications(actor=self.actor),
            {letter.message_id: (letter.pair_id, letter.arm) for letter in letters},
            self.plan,
        )

    def take(self, source: bytes, arrived: datetime | None, into: TakenIn) -> None:
        message = read_message(source)
        if self.directory.is_own(message):
            into.own += 1
            return
        match = self.directory.match(message)
        number = self.register.inbox.keep(
            source,
            message.identity,
            _when(message.sent_at, arrived or self.register.now()),
            kinds=message.kinds,
            answered=match.answered,
            evidence=match.evidence,
            likely=match.likely,
            actor=self.actor,
        )
        if number is None:
            into.known += 1
        elif match.answered:
            into.matched += 1
        else:
            into.unmatched += 1


def _when(written: datetime | None, arrived: datetime) -> datetime:
    """Return when a mail was written; what its sender's clock cannot have shown gives way to when it came in."""
    return written if written is not None and written <= arrived + _SLACK and written.year > 2000 else arrived


def fetch(register: Register, plan: MailPlan, *, actor: str) -> Iterator[TakenIn]:
    """Keep what came into each mailbox since the last time, and yield what came of each.

    Nothing in the mailboxes is changed. A mail is kept before the place up to which was read moves on, and known again
    by what it says: a program that is killed in between loses none and keeps none twice. A mailbox that cannot be
    reached does not hold up the others.
    """
    taker = _Taker(register, actor, plan)
    for mailbox in plan.mailboxes:
        found = TakenIn(place=mailbox.address)
        try:
            with connections.imap(mailbox) as server:
                for folder in _folders(server):
                    _fetch_folder(taker, server, mailbox, folder, found)
        except MailTrouble as error:
            found.trouble = error.message
        yield found


def _folders(server: imaplib.IMAP4) -> list[str]:
    """Return the inbox and the folders for what a provider takes for advertising."""
    _, rows = server.list()
    found = [INBOX]
    for row in rows:
        listed = _LISTED.match(row) if isinstance(row, bytes) else None
        if listed is None:
            continue
        name = listed["name"].decode("ascii", "replace")
        sign = (listed["sign"] or b"/").decode("ascii", "replace")
        if rb"\Junk" in listed["flags"] or name.split(sign)[-1].casefold() in _JUNK_NAMES:
            found.append(name)
    return found


def _fetch_folder(taker: _Taker, server: imaplib.IMAP4, mailbox: Mailbox, folder: str, into: TakenIn) -> None:
    answer, _ = server.select(f'"{folder}"', readonly=True)
    if answer != "OK":
        raise MailTrouble(say("{address}: the folder {folder} cannot be read.", address=mailbox.address, folder=folder))
    inbox, token = taker.register.inbox, taker.register.post.token("mail mailbox", mailbox.address)
    validity = int((server.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
    known = inbox.marks(actor=taker.actor).get((token, folder))
    last = known.last if known is not None and known.validity == validity else 0
    reached = last
    try:
        for uid in _since(server, last):
            _, rows = server.uid("FETCH", str(uid), "(INTERNALDATE BODY.PEEK[])")
            row = next((each for each in rows if isinstance(each, tuple)), None)
            if row is not None:  # none where somebody deleted it meanwhile
                taker.take(row[1], _arrived(row[0]), into)
            reached = uid
    finally:
        if reached > last or known is None or known.validity != validity:
            inbox.mark(token, folder, Mark(validity=validity, last=reached), actor=taker.actor)


def _since(server: imaplib.IMAP4, last: int) -> list[int]:
    """Return the numbers of the mails after `last`; a server asked for those always names the newest."""
    _, found = server.uid("SEARCH", f"UID {last + 1}:*")
    numbers = (int(word) for word in (found[0] or b"").split()) if found else ()
    return sorted(number for number in numbers if number > last)


def _arrived(head: bytes) -> datetime | None:
    dated = _DATED.search(head)
    try:
        return datetime.strptime(dated[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC) if dated else None
    except ValueError:
        return None


def read_folder(register: Register, folder: Path, plan: MailPlan | None, *, actor: str) -> Iterator[TakenIn]:
    """Keep the mails of a file or of a folder of files, and yield what came of each file.

    Raises
    ------
    RegisterError
        Nothing there is a mail.
    """
    files = sorted(path for path in (folder.rglob("*") if folder.is_dir() else [folder]) if path.is_file())
    files = [path for path in files if path.suffix.lower() in ENDINGS]
    if not files:
        raise RegisterError(
            say("{folder} holds no mail. It is one of {endings}.", folder=folder, endings=", ".join(ENDINGS))
        )
    taker = _Taker(register, actor, plan)
    for path in files:
        found = TakenIn(place=path.name)
        try:
            for source in _sources(path):
                taker.take(source, None, found)
        except (OSError, RegisterError) as error:
            found.trouble = error.message if isinstance(error, RegisterError) else str(error.strerror)
        yield found


def _sources(path: Path) -> Iterator[bytes]:
    ending = path.suffix.lower()
    if ending == ".mbox":
        archive = archives.mbox(path, create=False)
        try:
            for key in archive.iterkeys():
                yield archive.get_bytes(key)
        finally:
            archive.close()
    elif ending == ".msg":
        yield _of_outlook(path)
    else:
        yield path.read_bytes()


def _of_outlook(path: Path) -> bytes:
    try:
        import extract_msg  # noqa: PLC0415  (an optional part)
    except ImportError:
        raise RegisterError(
            say(
                "{file} was kept by Outlook. To read it: pip install extract-msg, or save the mail as .eml.",
                file=path.name,
            )
        ) from None
    try:
        with extract_msg.openMsg(path) as opened:
            return bytes(opened.asEmailMessage().as_bytes())
    except Exception as error:  # noqa: BLE001  (that library's errors have no common kind)
        raise RegisterError(
            say("{file} cannot be read ({error}).", file=path.name, error=type(error).__name__)
        ) from None
