"""A mail that came in is read, whatever is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.mime.text import MIMEText

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.mail import plain_subject, read_message
from tests.mail.made import a_bounce, a_mail

LETTER = "<7a@persona.example>"


def test_who_wrote_what_to_whom_and_when():
    read = read_message(
        a_mail(
            subject="RE: Sollicitatie métselaar", In_Reply_To=LETTER, References=f"<0@x.example> {LETTER}",
            to="Jan <jan@persona.example>", Delivered_To="Jan@persona.example", Cc="nele@persona.example",
        ).as_bytes()
    )  # fmt: skip
    assert (read.sender, read.sender_name) == ("ann@firm400000000.example", "Ann Claes")
    assert read.delivered == ("jan@persona.example",)
    assert read.to == ("jan@persona.example", "nele@persona.example")
    assert plain_subject(read.subject) == "Sollicitatie métselaar"
    assert read.sent_at == datetime(2027, 1, 13, 9, tzinfo=UTC)
    assert read.answers == (LETTER, "<0@x.example>")
    assert read.text == "Beste\n\nKunt u maandag langskomen?"
    assert read.headers["in-reply-to"] == LETTER
    assert read.attachments == ()
    assert read.kinds == frozenset()


def test_html_alone_is_read_as_its_words():
    mail = EmailMessage()
    mail.set_content("<style>p {x: y}</style><p>Beste Jan,</p><p>We&nbsp;zien   u<br>graag.</p>", subtype="html")
    assert read_message(mail.as_bytes()).text == "Beste Jan,\n\nWe zien u\ngraag."


def test_attachments_are_named_and_not_read():
    mail = a_mail()
    mail.add_attachment(b"secret words", maintype="application", subtype="pdf", filename="Functie métselaar.pdf")
    mail.add_attachment("more words", filename="note.txt")
    read = read_message(mail.as_bytes())
    assert read.attachments == ("Functie métselaar.pdf", "note.txt")
    assert "words" not in read.text


def test_a_bounce_names_the_letter_that_did_not_arrive():
    source = a_bounce(LETTER).replace(b"Action: failed", b"Action: ACTION")
    read = read_message(source.replace(b"ACTION", b"failed"))
    assert read.kinds == {"bounce"}
    assert read.answers == (LETTER,)
    assert read_message(source.replace(b"ACTION", b"delayed")).kinds == {"delayed"}
    assert read_message(source.replace(b"ACTION", b"delivered")).kinds == {"receipt"}


def test_a_report_by_a_server_of_no_standard_is_a_bounce():
    mail = MIMEText(f"Sorry.\n\n--- Below this line is a copy of the message.\n\nMessage-ID: {LETTER}\n")
    mail["From"] = "MAILER-DAEMON@old.example"
    assert read_message(mail.as_bytes()).kinds == frozenset()
    mail["Return-Path"] = "<>"
    read = read_message(mail.as_bytes())
    assert read.kinds == {"bounce"}
    assert read.answers == (LETTER,)


@pytest.mark.parametrize(
    ("headers", "kinds"),
    [
        ({"Auto-Submitted": "auto-replied"}, {"automatic"}),
        ({"Auto-Submitted": "no"}, set()),
        ({"X-Autoreply": "yes"}, {"automatic"}),
        ({"Precedence": "auto_reply"}, {"automatic"}),
        ({"Precedence": "bulk"}, set()),
    ],
)
def test_headers_tell_an_automatic_answer(headers: dict[str, str], kinds: set[str]):
    mail = a_mail()
    for key, value in headers.items():
        mail[key] = value
    assert read_message(mail.as_bytes()).kinds == kinds


@pytest.mark.parametrize(
    ("subject", "text", "automatic"),
    [
        ("Automatisch antwoord: Sollicitatie", "Ik ben terug op maandag.", True),
        ("Réponse automatique : candidature", "De retour lundi.", True),
        ("Automatic reply: application", "Back on Monday.", True),
        ("Ontvangen", "Dit is een automatisch gegenereerde e-mail, gelieve niet te antwoorden.", True),
        ("Ontvangen", "Gelieve niet te antwoorden op deze mail.", True),
        ("Ontvangen", "Gelieve deze mail niet te beantwoorden.", True),
        ("Reçu", "Ceci est un message automatique, merci de ne pas répondre.", True),
        ("Received", "This is an automated message. Please do not reply to this e-mail.", True),
        ("Afwezig", "Tot 3 februari.", True),
        ("Re: Sollicitatie", "Kan u maandag langskomen? Onze automatische poort is open.", False),
        ("Re: Sollicitatie", "Aarzel niet te antwoorden op deze mail.", False),
        ("Re: Candidature", "N'hésitez pas à répondre à ce message.", False),
        ("Re: Application", "Feel free to reply to this message.\n> This is an automated message", False),
    ],
)
def test_words_tell_an_automatic_answer(subject: str, text: str, automatic: bool):
    assert ("says_automatic" in read_message(a_mail(text=text, subject=subject).as_bytes()).kinds) is automatic


def test_a_request_for_a_meeting_is_seen():
    mail = a_mail()
    mail.add_attachment("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", subtype="calendar")
    assert read_message(mail.as_bytes()).kinds == {"calendar"}


def test_a_forward_gives_the_letter_that_it_carries():
    inside = EmailMessage()
    inside["Message-ID"] = LETTER
    inside.set_content("Graag solliciteer ik.")
    mail = a_mail(text="Zie hieronder.", subject="Fwd: Sollicitatie")
    mail.add_attachment(inside)
    read = read_message(mail.as_bytes())
    assert read.kinds == {"forward"}
    assert LETTER in read.answers
    assert read.text == "Zie hieronder."


def test_a_mail_is_known_again_however_it_was_kept():
    source = a_mail(text="Beste\nFrom Monday on.\n").as_bytes()
    known = read_message(source).identity
    assert read_message(source.replace(b"\n", b"\r\n")).identity == known
    assert read_message(b"Received: from a by b\nX-Spam: no\n" + source).identity == known
    assert read_message(source.replace(b"\nFrom Monday", b"\n>From Monday") + b"\n").identity == known
    assert read_message(source.replace(b"Monday", b"Tuesday")).identity != known
    assert read_message(b"Delivered-To: nele@persona.example\n" + source).identity != known


def test_letters_of_a_wrong_or_unknown_kind_do_not_stop_the_reading():
    source = b"From: =?x-none?q?Ren=E9?= <r@firm.example>\nSubject: R\xe9ponse =?utf-8?b?w6k?=\nDate: soon\n"
    source += b"Content-Type: text/plain; charset=x-none\n\nd\xe9j\xe0 vu\n"
    read = read_message(source)
    assert read.sender == "r@firm.example"
    assert read.sender_name == "René"
    assert read.text == "déjà vu"
    assert read.sent_at is None


HEADS = st.sampled_from(
    ["From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Auto-Submitted", "Delivered-To",
     "Content-Transfer-Encoding", "Content-Disposition", "Received"]
)  # fmt: skip
VALUES = st.one_of(
    st.binary(max_size=30).map(lambda raw: raw.replace(b"\n", b"")),
    st.sampled_from(
        [b'multipart/mixed; boundary="b"', b"text/html", b"text/calendar", b"message/rfc822", b"base64", b"a@b.example",
         b"multipart/report; report-type=delivery-status; boundary=b", b"message/delivery-status", b"=?utf-8?b?x?=",
         b"attachment; filename*=utf-9''%ff", b"quoted-printable", b"=?a?q?=ff?= <x@y>", b"Tue, 99 Jan 9999 10:00"]
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(HEADS, VALUES), max_size=8), st.binary(max_size=80))
def test_reading_never_fails(headers: list[tuple[str, bytes]], body: bytes):
    head = b"".join(name.encode() + b": " + value + b"\n" for name, value in headers)
    for source in (head + b"\n" + body, head + b"\n--b\nContent-Type: text/html\n\n<p>" + body + b"\n--b--\n", body):
        read = read_message(source)
        assert read.identity == read_message(source).identity
        assert all("\n" not in value for value in read.headers.values())
