"""What came in, as a person who codes it sees it: without what says which candidate was written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.mail.reading import Message, read_message
from corrtest.register import Candidate, Found, Incoming, Register, masked

__all__ = ["Answer", "confirm", "one_answer", "read_answers"]

OPEN = ("waiting", "unmatched")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One mail that came in.

    Attributes
    ----------
    mail : Incoming
        Where it stands.
    applications : tuple of int
        The numbers of the applications that it answers.
    message : Message
        What it says, in full: not for the eyes of who codes.
    subject, text : str
        Its words: masked, unless it is not known yet what it answers.
    attachments : tuple of str
        The names of its files, masked likewise.
    """

    mail: Incoming
    applications: tuple[int, ...]
    message: Message
    subject: str
    text: str
    attachments: tuple[str, ...]


def read_answers(
    register: Register, *, actor: str, states: Collection[str] = OPEN, numbers: Collection[int] | None = None
) -> list[Answer]:
    """Return the mails that came in and stand in one of these states, in the order in which they came."""
    mails = [
        mail
        for number, mail in register.inbox.mails(actor=actor).items()
        if mail.state in states and (numbers is None or number in numbers)
    ]
    sources = register.inbox.sources([mail.number for mail in mails], actor=actor)
    of_pair: dict[str, list[Found]] = defaultdict(list)
    for each in register.inbox.applications(actor=actor):
        of_pair[each.pair_id].append(each)
    people = register.post.candidates(actor=actor)
    found = []
    for mail in mails:
        pair = of_pair[mail.pair_id or ""]
        # Both candidates of the pair, whether both letters are out or not.
        known = [person for (documents, _), person in people.items() if pair and documents == pair[0].documents]
        found.append(_answer(mail, pair, known, read_message(sources[mail.number])))
    return found


def _answer(mail: Incoming, pair: list[Found], people: list[Candidate], message: Message) -> Answer:
    return Answer(
        mail=mail,
        applications=tuple(each.number for each in pair if each.arm in mail.arms),
        message=message,
        subject=masked(message.subject, people),
        text=masked(message.text, people),
        attachments=tuple(masked(name, people) for name in message.attachments),
    )


def one_answer(register: Register, number: int, *, actor: str) -> Answer:
    """Return one mail that came in.

    Raises
    ------
    InputError
        There is none of that number.
    """
    found = read_answers(register, actor=actor, states=(*OPEN, "confirmed", "set_aside"), numbers=(number,))
    if not found:
        raise InputError(say("No mail {number} came in. See: corrtest mail answers", number=number))
    return found[0]


def confirm(
    register: Register, number: int, reaction: str, *, at: str | None = None, confirmed: bool = False, actor: str
) -> Answer:
    """Put on record what an employer did by a mail, as a person read it; its words are kept with the reaction."""
    answer = one_answer(register, number, actor=actor)
    text = f"{answer.message.subject}\n\n{answer.message.text}"
    register.inbox.confirm(number, reaction, text, at=at, confirmed=confirmed, actor=actor)
    return answer
