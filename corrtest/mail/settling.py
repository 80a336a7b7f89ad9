"""Letters of which nobody knows whether they went: looked for in the mailbox by their Message-ID."""

from __future__ import annotations

import imaplib

from corrtest.mail import connections
from corrtest.mail.mailboxes import Mailbox, MailPlan
from corrtest.register import Letter, Register

__all__ = ["holds", "settle_found", "unsettled"]


def unsettled(register: Register, *, actor: str) -> tuple[Letter, ...]:
    """Return the letters of which it is not known whether they went."""
    return tuple(letter for letter in register.post.letters(actor=actor) if letter.state == "on_its_way")


def settle_found(register: Register, plan: MailPlan, *, actor: str) -> tuple[Letter, ...]:
    """Settle the letters of which the mailbox holds a copy: they went. Return those that it does not hold."""
    waiting = unsettled(register, actor=actor)
    left = []
    for mailbox in plan.mailboxes:
        token = register.post.token("mail mailbox", mailbox.address)
        mine = [letter for letter in waiting if letter.mailbox == token]
        if not mine:
            continue
        with connections.imap(mailbox) as server:
            for letter in mine:
                if holds(server, mailbox, letter.message_id):
                    place, what = (letter.pair_id, letter.arm), letter.what
                    register.post.settle(*place, went=True, how="copy", what=what, actor=actor)
                else:
                    left.append(letter)
    known = {register.post.token("mail mailbox", mailbox.address) for mailbox in plan.mailboxes}
    return (*left, *(letter for letter in waiting if letter.mailbox not in known))


def holds(server: imaplib.IMAP4, mailbox: Mailbox, message_id: str) -> bool:
    """Say whether a mailbox holds the copy of a letter: where copies come in, or among its sent mail."""
    for folder in ("INBOX", mailbox.sent_folder):
        if not folder:
            continue
        answer, _ = server.select(f'"{folder}"', readonly=True)
        if answer != "OK":
            continue
        answer, found = server.search(None, "HEADER", "Message-ID", f'"{message_id}"')
        if answer == "OK" and found and found[0]:
            return True
    return False
