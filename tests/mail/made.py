"""Mails as employers, their programs and strangers write them."""

from __future__ import annotations

from email.message import EmailMessage


def a_mail(
    to: str = "jan.claes@post.example",
    *,
    sender: str = "Ann Claes <ann@firm400000000.example>",
    subject: str = "RE: Sollicitatie",
    text: str = "Beste\n\nKunt u maandag langskomen?\n",
    number: int = 1,
    date: str = "Wed, 13 Jan 2027 10:00:00 +0100",
    **headers: str,
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = date
    mail["Message-ID"] = f"<{number}@made.example>"
    for key, value in headers.items():
        mail[key.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def a_bounce(letter: str, to: str = "jan.claes@post.example") -> bytes:
    """What a server writes of a letter that it could not deliver."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@provider.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Tue, 12 Jan 2027 10:00:00 +0100
Message-ID: <bounce@provider.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.provider.example

Final-Recipient: rfc822; jobs@firm400000000.example
Action: failed
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

Message-ID: {letter}
Subject: Sollicitatie
--b--
""".encode()
