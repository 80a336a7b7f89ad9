"""Applications found by what people know of them: the candidate, the employer, the vacancy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.register.clock import day, local_day
from corrtest.register.employers.aliases import telephone
from corrtest.register.events.acts import STATES, State, act_of, allows
from corrtest.register.finding.candidates import Candidate, known_candidates
from corrtest.register.finding.likeness import MISHEARD, folded, likeness
from corrtest.register.people.roles import Actor
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import schema

_A, _P, _V = schema.application.c, schema.pair.c, schema.vacancy.c
_SHOWN = 12
_NOBODY = Candidate(name="", mailbox="", telephone="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One application as people speak of it; which arm it is stands in no message.

    `number` is its number in the register: the same at every look, and nothing follows from it. `documents` is the pair
    under whose number its documents were written.
    """

    number: int
    pair_id: str
    arm: str
    position: int
    state: State
    due_on: str
    sent_at: str | None
    documents: str
    channel: str | None
    candidate: Candidate
    vacancy_id: str
    employer_id: str
    employer_name: str
    title: str
    address: str

    @property
    def name(self) -> str:
        """What to call it: the candidate's name where that is known."""
        of_pair = say("application {number} (pair {pair})", number=self.number, pair=self.pair_id)
        return f"{self.candidate.name}, {of_pair}" if self.candidate.name else of_pair

    def line(self) -> str:
        """Return it on one line, so that a person can tell it from others."""
        when = (
            say("due {day}", day=local_day(day(self.due_on)))
            if self.sent_at is None
            else say("sent {day}", day=local_day(day(self.sent_at)))
        )
        place = ", ".join(part for part in (self.title, self.employer_name or self.employer_id) if part)
        parts = (self.candidate.name, place, self.vacancy_id, f"{self.pair_id}", say(STATES[self.state]), when)
        return f"{self.number}: " + "; ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """Finds applications by what people know of them."""

    session: Session

    def find(self, words: str, *, actor: str = COORDINATOR) -> list[Found]:
        """Return the applications that fit best, those of other firms left out for a partner's people.

        Parameters
        ----------
        words
            A candidate's name (as it was heard), mailbox or telephone; an employer's name or number, an address; the
            vacancy's number or title; or the number of an application or a pair.
        """
        with self.session.reading("worklist", actor) as (connection, person):
            return _ranked(self.all(connection, person), words)[1]

    def one(self, words: str, act: str, *, actor: str = COORDINATOR) -> Found:
        """Return the one application that fits and allows an act (of `acts.ACTS`, by its move).

        Raises
        ------
        InputError
            None fits, or several do: each is listed, with the number by which it can be named.
        """
        (found,) = self.each([(words, act)], actor=actor)
        if isinstance(found, InputError):
            raise found
        return found

    def each(self, asked: Sequence[tuple[str, str]], *, actor: str = COORDINATOR) -> list[Found | InputError]:
        """Return the application of each (words, act), as `one`; where one is not found, why."""
        with self.session.reading("worklist", actor) as (connection, person):
            every = self.all(connection, person)
        return [_one(every, words, act) for words, act in asked]

    def numbered(self, number: int, *, actor: str = COORDINATOR) -> Found:
        """Return the application of that number.

        Raises
        ------
        InputError
            There is none within this person's reach.
        """
        with self.session.reading("worklist", actor) as (connection, person):
            found = self.all(connection, person, number=number)
        if not found:
            raise _nothing(str(number))
        return found[0]

    def of_employer(self, words: str, *, actor: str = COORDINATOR) -> str:
        """Return a pair of the one employer that fits, by any of its applications."""
        found = self.find(words, actor=actor)
        if not found:
            raise _nothing(words)
        if len({each.employer_id or each.pair_id for each in found}) > 1:
            raise _several(words, found)
        return found[0].pair_id

    def pair(self, words: str, *, actor: str = COORDINATOR) -> str:
        """Return the one pair that fits, by either of its applications."""
        found = self.find(words, actor=actor)
        if not found:
            raise _nothing(words)
        if len({each.pair_id for each in found}) > 1:
            raise _several(words, found)
        return found[0].pair_id

    def all(self, connection: Connection, person: Actor, *, number: int | None = None) -> list[Found]:
        """Return every application within this person's reach, or the one of a number, in the order of numbers."""
        study, study_ref, keys = self.session.study, self.session.study_ref, self.session.keys
        query = (
            sa.select(
                _A.application_ref,
                _P.pair_id,
                _A.arm,
                _A.position,
                _A.state,
                _A.due_on,
                _A.sent_at,
                _P.documents,
                _P.channel,
                _P.vacancy_ref,
                _V.sealed,
            )
            .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
            .join(schema.vacancy, _V.vacancy_ref == _P.vacancy_ref)
            .where(_P.study_ref == study_ref)
            .order_by(_A.application_ref)
        )
        if person.role == "partner":
            query = query.where(sa.or_(_P.partner.is_(None), _P.partner == person.partner))
        if number is not None:
            query = query.where(_A.application_ref == number)
        rows = connection.execute(query).all()
        named = None if number is None else [row.documents for row in rows]
        candidates = known_candidates(connection, study_ref, study.name, keys, named)
        opened: dict[int, Mapping[str, Any]] = {}
        found = []
        for row in rows:
            if row.vacancy_ref not in opened:
                known = keys is not None and keys.knows_study(study.name)
                opened[row.vacancy_ref] = (
                    keys.vacancy(study.name, row.sealed, row.vacancy_ref) if keys is not None and known else {}
                )
            facts = {name: row._mapping[name] for name in _OF_APPLICATION}
            facts |= {name: str(opened[row.vacancy_ref].get(name) or "") for name in _OF_VACANCY}
            candidate = candidates.get((row.documents, row.arm), _NOBODY)
            found.append(Found(number=row.application_ref, candidate=candidate, **facts))
        return found


def _one(every: Sequence[Found], words: str, act: str) -> Found | InputError:
    """Return the application that fits and allows the act, or the question that is left."""
    rank, found = _ranked(every, words)
    if not found:
        return _nothing(words)
    if rank == MISHEARD:
        return _several(words, found, heard=True)
    fitting = [each for each in found if allows(each.state, act)]
    if len(found) == 1 or len(fitting) == 1:
        return (fitting or found)[0]
    if act == "sent" and fitting and len({each.pair_id for each in fitting}) == 1:
        return min(fitting, key=lambda each: each.position)  # the letter that goes first
    return _several(words, fitting or found, "" if fitting else act)


def _ranked(every: Sequence[Found], words: str) -> tuple[int, list[Found]]:
    """Return the applications that fit best, and how well they do: the lower the better."""
    asked = words.strip()
    by_number = [each for each in every if asked == str(each.number) or asked.upper() == each.pair_id.upper()]
    if by_number:
        return 0, by_number
    ranked: dict[int, list[Found]] = {}
    for each in every:
        rank = _rank(asked, each)
        if rank is not None:
            ranked.setdefault(rank, []).append(each)
    best = min(ranked, default=0)
    return best, ranked.get(best, [])


def _nothing(words: str) -> InputError:
    return InputError(
        say("Nothing is known by '{words}'.", words=words),
        [
            Fault(
                given=f"'{words}'",
                expected=say("a candidate's name, mailbox or telephone, an employer, a vacancy or a number"),
                action=say("Try a part of it: corrtest register find WHO."),
            )
        ],
    )


def _several(words: str, found: Sequence[Found], impossible: str = "", *, heard: bool = False) -> InputError:
    """Return the question which application is meant.

    `impossible` is an act that none of them allows; where names only sound alike (`heard`), one is a question too.
    """
    if heard:
        lines = [say("Nobody is known as '{words}'. Alike sound these; say which, by its number:", words=words)]
    else:
        lines = [say("'{words}' fits {count} applications. Say which, by its number:", words=words, count=len(found))]
    lines += [f"  {each.line()}" for each in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(say("  … and {more} more", more=len(found) - _SHOWN))
    if impossible:
        lines.append(say("None of them can be {participle} as it stands.", participle=say(act_of(impossible).done)))
    return InputError("\n".join(lines))


_OF_APPLICATION = ("pair_id", "arm", "position", "state", "due_on", "sent_at", "documents", "channel")
_OF_VACANCY = ("vacancy_id", "employer_id", "employer_name", "title", "address")


def _rank(asked: str, each: Found) -> int | None:
    """Return how well an application fits what was said; None where it does not."""
    digits = telephone(asked) if re.fullmatch(r"[\d\s+().\-/]+", asked) else None
    if digits is not None and digits in {telephone(each.candidate.telephone), telephone(each.address)}:
        return 0
    if "@" in asked:
        return 0 if folded(asked) in {folded(each.candidate.mailbox), folded(each.address)} else None
    if re.sub(r"\D", "", asked) and re.sub(r"(?i)^BE|\D", "", asked) == each.employer_id:
        return 0
    exact = (each.vacancy_id, each.employer_id)
    if folded(asked) in {folded(text) for text in exact}:
        return 0
    return likeness(asked, (each.candidate.name, each.employer_name, each.title))
