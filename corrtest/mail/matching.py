"""Which application a mail answers, and why that is thought: a doubt is left to a person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from corrtest.language import mark
from corrtest.mail.mailboxes import MailPlan
from corrtest.mail.reading import Message, plain_subject
from corrtest.register import Found, folded, mail_domain

__all__ = ["EVIDENCE", "Directory", "Match"]

# Why a mail is thought to answer an application.
EVIDENCE: Mapping[str, str] = {
    "reply": mark("it answers our letter"),
    "mailbox": mark("it went to the candidate's mailbox"),
    "quoted": mark("it quotes the candidate's mailbox"),
    "sender": mark("it comes from the address of the vacancy"),
    "domain": mark("it comes from the employer's own domain"),
    "address": mark("it names the address of the vacancy"),
    "title": mark("it names the vacancy"),
    "employer": mark("it names the employer"),
    "candidate": mark("it names the candidate"),
    "person": mark("a person said so"),
}
# What ties a mail to the vacancy, and not only to the candidate, of whom anybody may have the address.
_OF_THE_VACANCY = ("sender", "domain", "address", "title", "employer")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SHORTEST = 4  # letters of a name that says something when it stands in a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The applications of one pair that a mail answers, with the evidence; `likely` where it could not be told."""

    answered: tuple[Found, ...] = ()
    evidence: tuple[str, ...] = ()
    likely: tuple[int, ...] = ()


@dataclass(slots=True)
class Directory:
    """The applications that are out, as a mail may name them."""

    applications: Sequence[Found]
    letters: Mapping[str, tuple[str, str]]
    plan: MailPlan | None
    of_mailbox: dict[str, list[Found]] = field(init=False)
    of_place: dict[tuple[str, str], Found] = field(init=False)

    def __post_init__(self) -> None:
        """Lay out who is found by which address."""
        self.of_mailbox = defaultdict(list)
        for each in self.applications:
            if each.candidate.mailbox:
                self.of_mailbox[_box(each.candidate.mailbox)].append(each)
        self.of_place = {(each.pair_id, each.arm): each for each in self.applications}

    def is_own(self, message: Message) -> bool:
        """Say whether a mail is the copy of a letter of ours, or of one to the study's own test address."""
        carried = self.plan is not None and self.plan.mailbox_of(message.sender) is not None
        if message.kinds & {"bounce", "delayed"} or not (carried or _box(message.sender) in self.of_mailbox):
            return False
        rehearsed = self.plan is not None and self.plan.test_address in message.to
        return message.message_id in self.letters or rehearsed

    def match(self, message: Message) -> Match:
        """Return which applications a mail answers."""
        replied = self._replied(message)
        addressed = self._addressed(message)
        if replied:
            both = [each for each in replied if each in addressed]
            if addressed and not both:  # it answers one candidate's letter, at another's address
                return _doubt([*replied, *addressed])
            chosen = both or replied
            sure = tuple(dict.fromkeys(("reply", *(why for each in chosen for why in _evidence(message, each)))))
            return _of_one_pair(chosen, sure)
        found = {each: _evidence(message, each) for each in addressed}
        tied = {each: why for each, why in found.items() if _is_tied(message, why)}
        if not tied:
            return _doubt(found)
        return _of_one_pair(list(tied), tuple(dict.fromkeys(why for whys in tied.values() for why in whys)))

    def _replied(self, message: Message) -> list[Found]:
        places = dict.fromkeys(self.letters[each] for each in message.answers if each in self.letters)
        return [self.of_place[place] for place in places if place in self.of_place]

    def _addressed(self, message: Message) -> list[Found]:
        """Return the applications whose candidate it went to, or else quotes."""
        for names in (message.delivered, message.to, _quoted(message)):
            found = [each for name in names for each in self.of_mailbox.get(_box(name), ())]
            if found:
                return found
        return []


def _box(address: str) -> str:
    """Return the mailbox of an address: what follows a plus sign is a name for the one who sorts it."""
    name, _, domain = address.casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _quoted(message: Message) -> list[str]:
    return [address.casefold() for address in _ADDRESS.findall(message.text)]


def _evidence(message: Message, application: Found) -> list[str]:
    vacancy, mailbox = application.address.strip().casefold(), _box(application.candidate.mailbox)
    words = f" {folded(f'{plain_subject(message.subject)} {message.sender_name} {message.text}')} "
    boxes = [_box(address) for address in message.to]
    own = mail_domain(vacancy) if "@" in vacancy else None
    seen = {
        "mailbox": mailbox in boxes,
        "quoted": mailbox not in boxes and mailbox in map(_box, _quoted(message)),
        "sender": message.sender == vacancy,
        "domain": message.sender != vacancy and own is not None and mail_domain(message.sender) == own,
        "address": "@" in vacancy and vacancy in message.text.casefold(),
        "title": _says(words, application.title),
        "employer": _says(words, application.employer_name),
        "candidate": any(_says(words, part) for part in application.candidate.name.split()),
    }
    return [name for name, there in seen.items() if there]


def _says(words: str, name: str) -> bool:
    wanted = folded(name)
    return len(wanted) >= _SHORTEST and f" {wanted} " in words


def _is_tied(message: Message, evidence: Collection[str]) -> bool:
    """Say whether the evidence is enough; what goes to many at once names every kind of vacancy."""
    tied = [name for name in _OF_THE_VACANCY if name in evidence]
    to_many = "list-unsubscribe" in message.headers or "list-id" in message.headers
    return bool(tied) and not (to_many and tied == ["title"])


def _of_one_pair(found: Sequence[Found], evidence: tuple[str, ...]) -> Match:
    if len({each.pair_id for each in found}) > 1:
        return _doubt(found)
    return Match(answered=tuple(sorted(found, key=lambda each: each.position)), evidence=evidence)


def _doubt(found: Collection[Found]) -> Match:
    return Match(likely=tuple(dict.fromkeys(each.number for each in found)))
