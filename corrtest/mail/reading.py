"""One mail that came in, read by the standard library: who wrote what to whom, and what its structure tells.

Nothing here knows of applications, and nothing opens an attachment. Whatever is in a mail, reading it does not fail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Source
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Literal

__all__ = ["Kind", "Message", "plain_subject", "read_message"]

# bounce: it did not arrive (RFC 3464); delayed: not yet; receipt: it arrived or was opened; automatic: a program wrote
# it, by its headers (RFC 3834); says_automatic: its words say so; calendar: it asks for a meeting; forward: somebody
# passes a mail on.
Kind = Literal["bounce", "delayed", "receipt", "automatic", "says_automatic", "calendar", "forward"]

_REPLY_MARK = re.compile(r"(?i)^\s*(?:re|antw|aw|sv|tr|fw|fwd|wg|doorst|rép|réf|betr)(?:\[\d+\])?\s*:\s*")
_FORWARD_MARK = re.compile(r"(?i)^\s*(?:fw|fwd|tr|doorst|wg)\s*:")
_MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_STATUS = re.compile(rb"(?im)^status:\s*([245])\.")
_ACTION = re.compile(rb"(?im)^action:\s*(\w+)")
_GIVEN_BACK = re.compile(r"(?im)^message-id:\s*(<[^<>\s]+@[^<>\s]+>)")
_DAEMON = re.compile(r"(?i)^(mailer-daemon|postmaster|mail-daemon|mdaemon)@")
# What programs that answer by themselves write, in the three languages and in English everywhere.
_AUTOMATIC_SUBJECT = re.compile(
    r"(?i)^\s*(?:automat\w+ (?:reply|response|antwoord|bericht|beantwoord)|auto(?:reply|-reply|antwoord)|"
    r"(?:réponse|message|accusé) automat|out of (?:the )?office|afwezig|buiten kantoor|absent|absence)"
)
_AUTOMATIC_WORDS = re.compile(
    r"(?i)automatisch(?:e)? (?:gegenereerd\w* )?(?:e-?mail|mail|bericht|antwoord|ontvangstbevestiging)|"
    r"(?:bericht|e-?mail|mail) (?:is|werd|wordt) automatisch|"
    r"(?:gelieve|gelieve dus|u kunt|kan) (?:hier |op )?(?:deze |dit )?(?:e-?mail|mail|bericht)? ?niet (?:op )?te? ?"
    r"(?:be)?antwoorden|"
    r"(?:courriel|message|e-?mail|mail|réponse) (?:est )?(?:généré|envoyé) automatiquement|"
    r"(?:message|courriel|e-?mail|réponse) automatique|(?:merci|prière|veuillez) de ne pas (?:y )?répondre|"
    r"ne pas répondre à ce (?:message|courriel|mail|e-?mail)|"
    r"(?:this is an?|an) automat(?:ed|ic|ically generated) (?:e-?mail|message|reply|response|notification)|"
    r"(?:please )?do not reply to this|(?:message|e-?mail) (?:was|is|has been) (?:sent|generated) automatically|"
    r"(?:ik ben|wij zijn) (?:momenteel |tijdelijk )?(?:afwezig|met verlof|met vakantie)|"
    r"(?:je suis|nous sommes) (?:actuellement )?(?:absente?s?|en congé)|i am (?:currently )?out of (?:the )?office"
)
# Where servers write for whom they took a mail; before what its sender wrote.
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail as it was read.

    Attributes
    ----------
    sender, sender_name : str
        The address from which it came, in small letters, and the name beside it.
    to : tuple of str
        Every address to which it went: first those for which a server took it, then To and Cc.
    delivered : tuple of str
        Those of them for which a server took it; empty where no server said so.
    subject, text : str
        In plain words; the text of a mail that is HTML alone is that without its marks.
    sent_at : datetime or None
        When it says that it was written, UTC.
    message_id : str
        Its own, with angle brackets; "" where it has none.
    answers : tuple of str
        The Message-IDs that it answers (In-Reply-To, References) or gives back (a bounce, a forward).
    headers : mapping
        Name in small letters → its first value.
    attachments : tuple of str
        The names of the files that came with it.
    kinds : frozenset of Kind
        What its structure tells.
    identity : str
        SHA-256 of what stays the same when a mail is moved, exported or fetched again.
    """

    sender: str
    sender_name: str
    to: tuple[str, ...]
    delivered: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    message_id: str
    answers: tuple[str, ...]
    text: str
    headers: Mapping[str, str]
    attachments: tuple[str, ...]
    kinds: frozenset[Kind]
    identity: str


def read_message(source: bytes) -> Message:
    """Return what a mail says."""
    mail = message_from_bytes(source)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    subject = _header(mail, "Subject")
    text = _text_of(mail)
    delivered = _addresses(mail, *_DELIVERED)
    (name, sender), *_ = [*_people(mail, "From"), *_people(mail, "Sender"), ("", "")]
    return Message(
        sender=sender,
        sender_name=name,
        to=tuple(dict.fromkeys((*delivered, *_addresses(mail, "To", "Cc")))),
        delivered=delivered,
        subject=subject,
        sent_at=_date(mail),
        message_id=next(iter(_MESSAGE_ID.findall(_header(mail, "Message-ID"))), ""),
        answers=tuple(dict.fromkeys(_answered(mail, parts))),
        text=text,
        headers={key.lower(): _plain(str(value)) for key, value in reversed(list(mail.raw_items()))},
        attachments=tuple(name for part in parts if (name := _file_name(part))),
        kinds=frozenset(_kinds(mail, parts, sender, subject, text)),
        identity=_identity(mail, source),
    )


def plain_subject(subject: str) -> str:
    """Return a subject without the marks of replies and forwards before it.

    >>> plain_subject("RE: Antw: Fwd: Sollicitatie metselaar")
    'Sollicitatie metselaar'
    """
    shorter = _REPLY_MARK.sub("", subject)
    return shorter.strip() if shorter == subject else plain_subject(shorter)


def _kinds(mail: Source, parts: list[Source], sender: str, subject: str, text: str) -> Iterator[Kind]:
    report = _report(mail, parts, sender)
    if report is not None:
        yield report
    submitted = _header(mail, "Auto-Submitted").split(";")[0].strip().lower()
    answering = any(key in mail for key in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    if report is None and (
        submitted not in ("", "no") or answering or _header(mail, "Precedence").strip().lower() == "auto_reply"
    ):
        yield "automatic"
    if report is None and (_AUTOMATIC_SUBJECT.search(subject) or _AUTOMATIC_WORDS.search(_own_words(text))):
        yield "says_automatic"
    if any(_is_calendar(part) for part in parts):
        yield "calendar"
    passed_on = any(part.get_content_type() == "message/rfc822" for part in mail.walk())
    if report is None and (_FORWARD_MARK.search(subject) or passed_on):
        yield "forward"


def _report(mail: Source, parts: list[Source], sender: str) -> Literal["bounce", "delayed", "receipt"] | None:
    """Return what a mail server reports of a letter; None for a mail that is no report."""
    kind = str(mail.get_param("report-type", "") or "").lower()
    if kind == "disposition-notification":
        return "receipt"
    told = b"".join(part.as_bytes() for part in _inside(mail, "message/delivery-status"))
    actions = {found.decode().lower() for found in _ACTION.findall(told)}
    statuses = {found.decode() for found in _STATUS.findall(told)}
    if "failed" in actions or (not actions and "5" in statuses):
        return "bounce"
    if "delayed" in actions or (not actions and "4" in statuses):
        return "delayed"
    if actions:
        return "receipt"
    # Servers that keep to no standard: the empty sender of a report, under a server's own name.
    nobody = _header(mail, "Return-Path").strip() == "<>" or "x-failed-recipients" in mail
    return "bounce" if nobody and (_DAEMON.match(sender) or "x-failed-recipients" in mail) else None


def _answered(mail: Source, parts: list[Source]) -> Iterator[str]:
    for key in ("In-Reply-To", "References"):
        yield from _MESSAGE_ID.findall(_header(mail, key))
    for carried in _inside(mail, "message/rfc822"):
        yield from _MESSAGE_ID.findall(_header(carried, "Message-ID"))
    for part in parts:
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers", "text/plain"):
            yield from _GIVEN_BACK.findall(_decoded(part))


def _inside(mail: Source, kind: str) -> Iterator[Source]:
    """Yield what the parts of this type hold: a mail that was passed on, the blocks of a report."""
    for part in mail.walk():
        inside = part.get_payload()
        if part.get_content_type() == kind and isinstance(inside, list):
            yield from (each for each in inside if isinstance(each, Source))


def _is_calendar(part: Source) -> bool:
    return part.get_content_type() == "text/calendar" or _file_name(part).lower().endswith(".ics")


def _own_words(text: str) -> str:
    """Return a text without what it quotes."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))


def _text_of(mail: Source) -> str:
    """Return the words of a mail, not those of a mail that it carries."""
    plain, marked = [], []
    for part in _own_parts(mail):
        if _file_name(part) or part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/plain":
            plain.append(_decoded(part))
        elif part.get_content_type() == "text/html":
            marked.append(_without_marks(_decoded(part)))
    return "\n".join(plain if any(text.strip() for text in plain) else marked).replace("\r\n", "\n").strip()


def _own_parts(mail: Source) -> Iterator[Source]:
    if mail.get_content_type() == "message/rfc822":
        return
    inside = mail.get_payload()
    if mail.is_multipart() and isinstance(inside, list):
        for part in inside:
            if isinstance(part, Source):
                yield from _own_parts(part)
    else:
        yield mail


def _decoded(part: Source) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = str(part.get_content_charset("utf-8") or "utf-8")
    for name in (charset, "utf-8"):
        try:
            return content.decode(name)
        except (LookupError, UnicodeError):
            continue
    return content.decode("cp1252", "replace")


class _Words(HTMLParser):
    """What a person sees of HTML: a line for each block, nothing of scripts and styles."""

    _BLOCKS = frozenset(("br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "blockquote"))
    _UNSEEN = frozenset(("script", "style", "head", "title"))

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.unseen += tag in self._UNSEEN
        if tag in self._BLOCKS:
            self.seen.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._UNSEEN and self.unseen:
            self.unseen -= 1
        if tag in self._BLOCKS:
            self.seen.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.seen.append(re.sub(r"\s+", " ", data))


def _without_marks(html: str) -> str:
    reader = _Words()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # a declaration that the reader does not know
        return re.sub(r"<[^>]*>", " ", html)
    lines = (line.strip() for line in "".join(reader.seen).replace("\xa0", " ").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _raw(mail: Source, *keys: str) -> list[str]:
    """Return every value of these headers, in the order of the keys; letters that should not be there are kept."""
    wanted = [key.lower() for key in keys]
    found = [(wanted.index(name.lower()), str(value)) for name, value in mail.raw_items() if name.lower() in wanted]
    return [value for _, value in sorted(found, key=lambda each: each[0])]


def _header(mail: Source, key: str) -> str:
    """Return a header in plain words, its lines joined; "" where there is none."""
    return _plain(next(iter(_raw(mail, key)), ""))


def _plain(value: str) -> str:
    text = _any_charset(value.encode("utf-8", "surrogateescape"))
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return " ".join(text.split())
    return " ".join("".join(_piece(piece, charset) for piece, charset in pieces).split())


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return piece.decode(charset or "utf-8")
    except (LookupError, UnicodeError):
        return piece.decode("cp1252", "replace")


def _any_charset(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeError:
        return raw.decode("cp1252", "replace")


def _file_name(part: Source) -> str:
    try:
        name = part.get_filename()
    except (LookupError, UnicodeError, ValueError):
        return "?"
    if not name:
        return ""
    return _plain(str(name))


def _people(mail: Source, *keys: str) -> list[tuple[str, str]]:
    return [
        (_plain(name), address.strip().casefold())
        for name, address in getaddresses(_raw(mail, *keys))
        if "@" in address
    ]


def _addresses(mail: Source, *keys: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for key in keys for _, address in _people(mail, key)))


def _date(mail: Source) -> datetime | None:
    """Return when a mail was written; where it does not say, when the last server took it."""
    received = _header(mail, "Received").rpartition(";")[2]
    for value in (_header(mail, "Date"), received):
        try:
            found = parsedate_to_datetime(value.strip())
        except (ValueError, TypeError, IndexError):
            continue
        try:
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (OverflowError, ValueError):
            continue
    return None


def _identity(mail: Source, source: bytes) -> str:
    """Return what a mail is known by, however its lines end and whatever a server wrote above it."""
    body = re.split(rb"\r?\n\r?\n", source, maxsplit=1)[-1]
    told = [" ".join(value.split()) for value in _raw(mail, "Message-ID", "Date", "From", "To", "Subject", *_DELIVERED)]
    digest = hashlib.sha256("\0".join(told).encode("utf-8", "surrogateescape"))
    # Archives put a sign before a line that begins with From.
    lines = [re.sub(rb"^>+From ", b"From ", line.rstrip()) for line in body.splitlines()]
    digest.update(b"\0" + b"\n".join(lines).strip())
    return digest.hexdigest()
