"""What a coordinator must know of the mail today: said in status, and in a daily mail that names nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from corrtest.language import say, say_n
from corrtest.mail import connections
from corrtest.mail.answers import read_answers
from corrtest.mail.connections import MailTrouble
from corrtest.mail.mailboxes import MailPlan
from corrtest.mail.suggesting import discovery
from corrtest.register import Register

__all__ = ["alerts", "send_summary", "silent_mailboxes"]

# Above this share of letters that came back, something is wrong: addresses, or our standing with receivers.
BOUNCES = 0.05
_LETTERS = 20


def alerts(register: Register, *, actor: str) -> list[str]:
    """Return what needs a person now, the most pressing first; names of nobody, numbers of mails and applications."""
    return [
        *_discoveries(register, actor),
        *_withdrawals(register, actor),
        *_unmatched(register, actor),
        *_bounces(register, actor),
    ]


def silent_mailboxes(plan: MailPlan) -> list[str]:
    """Return what is wrong with mailboxes that cannot be read; each is tried."""
    found = []
    for mailbox in plan.mailboxes:
        try:
            with connections.imap(mailbox) as server:
                server.noop()
        except MailTrouble as error:
            found.append(error.message)
    return found


def send_summary(register: Register, plan: MailPlan, lines: Sequence[str]) -> None:
    """Send these lines to the study's own address, through its first mailbox.

    Raises
    ------
    MailTrouble
        The server would not take it.
    """
    mailbox = plan.mailboxes[0]
    mail = EmailMessage()
    mail["From"], mail["To"] = mailbox.address, plan.test_address
    mail["Subject"] = say("{study}: the mail today", study=register.study.name)
    mail["Date"] = format_datetime(register.now())
    mail["Message-ID"] = make_msgid(domain=mailbox.address.rpartition("@")[2])
    mail.set_content("\n".join(f"- {line}" for line in lines) or say("Nothing needs you."))
    with connections.smtp(mailbox) as server:
        refused = server.sendmail(mailbox.address, [plan.test_address], mail.as_bytes())
    if refused:
        raise MailTrouble(say("{address}: the summary did not go.", address=plan.test_address))


def _discoveries(register: Register, actor: str) -> Iterator[str]:
    for each in read_answers(register, actor=actor):
        if not discovery(each.subject, each.text):
            continue
        number = each.mail.number
        if each.applications:
            yield say(
                "Mail {number} reads as if the employer found out. Read it (corrtest mail answers {number}), and if so "
                "stop for this employer at once: corrtest register incident {application} --kind discovery --block "
                "--reason …",
                number=number,
                application=each.applications[0],
            )
        else:
            yield say(
                "Mail {number} reads as if an employer found out. Read it: corrtest mail answers {number}",
                number=number,
            )


def _withdrawals(register: Register, actor: str) -> Iterator[str]:
    table = register.replies.awaiting_withdrawal(register.now(), actor=actor)
    if len(table):
        late = int(table["late"].sum())
        yield say_n(
            "{count} positive answer waits for a withdrawal, {late} past the hours: corrtest register withdraw",
            "{count} positive answers wait for a withdrawal, {late} past the hours: corrtest register withdraw",
            len(table),
            late=late,
        )


def _unmatched(register: Register, actor: str) -> Iterator[str]:
    states = [each.state for each in register.inbox.mails(actor=actor).values()]
    if count := states.count("unmatched"):
        yield say_n(
            "{count} mail is not linked to an application: corrtest mail answers",
            "{count} mails are not linked to an application: corrtest mail answers",
            count,
        )
    if count := states.count("waiting"):
        yield say_n(
            "{count} mail waits for confirmation: corrtest mail answers",
            "{count} mails wait for confirmation: corrtest mail answers",
            count,
        )


def _bounces(register: Register, actor: str) -> Iterator[str]:
    sent = sum(each.state == "sent" for each in register.post.letters(actor=actor))
    back = {
        (each.pair_id, arm)
        for each in register.inbox.mails(actor=actor).values()
        if "bounce" in each.kinds or each.outcome == "bounced"
        for arm in each.arms
    }
    if sent >= _LETTERS and len(back) > BOUNCES * sent:
        yield say(
            "{back} of {sent} letters came back: look at the addresses, and at corrtest mail check",
            back=len(back),
            sent=sent,
        )
