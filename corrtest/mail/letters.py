"""An application as a mail: text and attachments from the documents, as a mail program for people would write it."""

from __future__ import annotations

import mimetypes
import random
import string
from base64 import encodebytes
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.utils import format_datetime, formataddr, parseaddr
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.spec import BELGIAN_TIME

__all__ = ["Draft", "mail_of", "read_draft"]

EMAIL_FILE = "email.txt"
_BOUNDARY_SIGNS = string.ascii_letters + string.digits
_LONGEST = 900  # a mail server may cut a line of more than 998
_TEXT = Charset("utf-8")
_TEXT.body_encoding = QP


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the documents of one application say a mail must hold."""

    sender: str
    subject: str
    text: str
    attachments: tuple[Path, ...]
    answering: str = ""  # the Message-ID of the mail that it answers

    @property
    def address(self) -> str:
        """The persona's own address."""
        return parseaddr(self.sender)[1].casefold()


def read_draft(folder: Path) -> Draft:
    """Read the e-mail of an application as `corrtest render` wrote it.

    Raises
    ------
    RegisterError
        The file or an attachment is not there.
    """
    path = folder / EMAIL_FILE
    try:
        head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    except OSError:
        raise RegisterError(say("{path} is not there. Make the documents with: corrtest render", path=path)) from None
    said = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    names = [name for name in said.get("Attachments", "").split(", ") if name]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing or not {"From", "Subject"} <= said.keys():
        raise RegisterError(
            say("{path}: {name} is missing. Make the documents again.", path=path, name=", ".join(missing) or "From")
        )
    return Draft(
        sender=said["From"], subject=said["Subject"], text=text, attachments=tuple(folder / name for name in names)
    )


def mail_of(draft: Draft, recipient: str, message_id: str, at: datetime, *, language: str) -> bytes:
    """Return the source of the mail, CRLF at the end of each line.

    Headers are those that mail programs for people write, in their order; none tells of a program. The border
    between the parts follows from `message_id`, so that the same letter has the same source.
    """
    name, address = parseaddr(draft.sender)
    mail = Message()
    mail["Message-ID"] = message_id
    mail["Date"] = format_datetime(at.astimezone(BELGIAN_TIME))
    mail["MIME-Version"] = "1.0"
    mail["Content-Language"] = language
    mail["To"] = recipient
    mail["From"] = formataddr((name, address), charset=_TEXT)
    charset = "us-ascii" if draft.subject.isascii() else "utf-8"
    mail["Subject"] = Header(draft.subject, charset, header_name="Subject").encode()
    if draft.answering:
        mail["In-Reply-To"] = mail["References"] = draft.answering
    text = _text_part(draft.text)
    if draft.attachments:
        chance = random.Random(message_id)  # noqa: S311  (a border, not a secret)
        border = "-" * 12 + "".join(chance.choices(_BOUNDARY_SIGNS, k=24))
        mail.add_header("Content-Type", "multipart/mixed", boundary=border)
        mail.preamble = "This is a multi-part message in MIME format."
        mail.attach(text)
        for path in draft.attachments:
            mail.attach(_attached(path))
    else:
        for key, value in text.items():
            mail[key] = value
        mail.set_payload(text.get_payload())
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False).flatten(mail)
    return b"\r\n".join(written.getvalue().splitlines()) + b"\r\n"


def _text_part(text: str) -> Message:
    part = Message()
    if text.isascii() and max(map(len, text.splitlines()), default=0) <= _LONGEST:
        part["Content-Type"] = "text/plain; charset=UTF-8"
        part["Content-Transfer-Encoding"] = "7bit"
        part.set_payload(text)
    else:
        part["Content-Type"] = "text/plain; charset=UTF-8"
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(_TEXT.body_encode(text.encode()))
    return part


def _attached(path: Path) -> Message:
    part = Message()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    shown = path.name if path.name.isascii() else Header(path.name, "utf-8").encode()
    part["Content-Type"] = f'{kind}; name="{shown}"'
    named = f'filename="{path.name}"' if path.name.isascii() else f"filename*=UTF-8''{quote(path.name)}"
    part["Content-Disposition"] = f"attachment; {named}"
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(path.read_bytes()).decode("ascii"))
    return part
