"""Tell an employer who answered positively that the candidate is no longer available, by the road of every letter."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from corrtest.language import say
from corrtest.mail.answers import Answer, read_answers
from corrtest.mail.letters import Draft
from corrtest.mail.mailboxes import MailPlan
from corrtest.mail.reading import plain_subject
from corrtest.mail.sending import Due, Outcome, check_ready, send_letters
from corrtest.register import Found, Register
from corrtest.spec import ARMS

__all__ = ["Declines", "decline_text", "due_declines", "send_declines"]

SENTENCES = ("greeting", "thanks", "reason", "wish", "closing")
_NOBODY_READS = re.compile(r"(?i)^(?:no|do-?not|ne-?pas|niet)[-_.]?(?:reply|(?:be)?antwoord|repondre)")
# Mails from an address of the employer, or of one who had our letter.
_OF_THE_EMPLOYER = frozenset(("sender", "domain", "reply", "person"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Declines:
    """Who is still to be told: by mail, and by telephone, as rows of the list of those who wait for it."""

    letters: tuple[Due, ...]
    calls: tuple[Mapping[str, Any], ...]


@cache
def _templates() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    text = files("corrtest.mail").joinpath("declines.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def decline_text(language: str, arm: str, name: str, secret: str) -> str:
    """Return the words of a decline.

    `secret` is the same for both candidates of a pair: no sentence of one is the other's; chance says whose is which.
    """
    chance = random.Random(secret)  # noqa: S311  (a choice of words; who cannot know the secret cannot repeat it)
    place = ARMS.index(arm) ^ chance.getrandbits(1)
    greeting, thanks, reason, wish, closing = (
        chance.sample(_templates()[language][part], 2)[place] for part in SENTENCES
    )
    return f"{greeting},\n\n{thanks} {reason}\n\n{wish}\n\n{closing},\n{name}\n"


def due_declines(register: Register, plan: MailPlan, *, actor: str) -> Declines:
    """Return who is still to be told that a candidate is not available, the longest waiting first.

    Who answered by mail is answered by mail. Who telephoned is on the list of calls, and who cannot be reached by mail.
    """
    waiting = register.replies.awaiting_withdrawal(register.now(), actor=actor)
    answered = _positive(register, actor)
    withdrawals = [each for each in register.post.letters(actor=actor) if each.what == "withdrawal"]
    held = {(each.pair_id, each.arm) for each in withdrawals if each.is_held}
    known = {(each.pair_id, each.arm): each for each in register.inbox.applications(actor=actor)}
    letters: list[Due] = []
    calls: list[Mapping[str, Any]] = []
    for row in waiting.to_dict("records"):
        place = (str(row["pair_id"]), str(row["arm"]))
        if place in held:
            continue  # listed by `mail settle`: a person says whether it goes again
        if place in answered:
            letters.append(_due(register, plan, known[place], answered[place]))
        else:
            calls.append({str(name): value for name, value in row.items()})
    return Declines(letters=tuple(letters), calls=tuple(calls))


def _due(register: Register, plan: MailPlan, found: Found, answer: Answer) -> Due:
    candidate, recipient = found.candidate, _recipient(answer, found.address)
    mailbox, fault = plan.mailbox_of(candidate.mailbox), ""
    if mailbox is None:
        fault = say("no mailbox of mailboxes.toml carries {address}", address=candidate.mailbox)
    elif "@" not in recipient:
        fault = say("its vacancy has no mail address")
    secret = register.post.token("decline", f"{register.study.name} {found.pair_id}")
    draft = Draft(
        sender=f"{candidate.name} <{candidate.mailbox}>",
        subject=f"Re: {plain_subject(answer.message.subject)}",
        text=decline_text(register.study.language, found.arm, candidate.name, secret),
        attachments=(),
        answering=answer.message.message_id,
    )
    return Due(
        number=found.number,
        pair_id=found.pair_id,
        arm=found.arm,
        candidate=candidate.name,
        recipient=recipient,
        mailbox=mailbox,
        draft=draft,
        fault=fault,
        what="withdrawal",
    )


def send_declines(
    register: Register, plan: MailPlan, letters: tuple[Due, ...], *, actor: str, wait: Callable[[float], None]
) -> Iterator[Outcome]:
    """Send the declines that are due, as `send_letters`; each that went is put on record as the withdrawal."""
    check_ready(register, plan, actor)
    yield from send_letters(register, plan, letters, actor=actor, wait=wait)


def _positive(register: Register, actor: str) -> dict[tuple[str, str], Answer]:
    """Return application → the newest mail that a person confirmed as a positive reaction."""
    positive = register.study.outcomes.broad
    found = {}
    for answer in sorted(read_answers(register, actor=actor, states=("confirmed",)), key=lambda each: each.mail.at):
        if answer.mail.outcome in positive and answer.mail.pair_id is not None:
            found.update({(answer.mail.pair_id, arm): answer for arm in answer.mail.arms})
    return found


def _recipient(answer: Answer, vacancy: str) -> str:
    """Return whom to answer: the employer who wrote, where somebody reads that; else the vacancy's address."""
    ours = _OF_THE_EMPLOYER.intersection(answer.mail.evidence)
    read = not _NOBODY_READS.match(answer.message.sender) and "automatic" not in answer.mail.kinds
    return answer.message.sender if ours and read and answer.message.sender else vacancy
