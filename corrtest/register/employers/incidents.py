"""Incidents: an employer complains or finds out, the press or a lawyer calls. Each is an event, with its reason.

Which pairs one marks follows from the events alone: the pair that it names, or every pair of the employer that it
names, under whichever number. The export gives them the status `incident`; the study says what the analysis does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import InputError, RegisterError, nearest
from corrtest.language import mark, say
from corrtest.register.clock import stamp
from corrtest.register.employers.employers import Blocked, Employers
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.store import schema

IncidentKind = Literal["complaint", "discovery", "press", "legal"]
INCIDENTS: dict[IncidentKind, str] = {
    "complaint": mark("complaint"),
    "discovery": mark("discovery"),
    "press": mark("press"),
    "legal": mark("legal step"),
}
# A journalist or a lawyer may ask about the study as a whole; a complaint or a discovery is always somebody's.
_OF_THE_STUDY: tuple[IncidentKind, ...] = ("press", "legal")
HAPPENED, TAKEN_BACK = "incident", "incident_taken_back"
_E, _P, _EV = schema.employer.c, schema.pair.c, schema.event.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident that stands.

    Attributes
    ----------
    number : int
        That of its event, by which it can be taken back.
    study_ref, pair_id : int, str or None
        The study in which it was put on record, and its pair where one is named.
    employer_ref : int or None
        The row of the employer of whom every pair is marked; None where a pair is named, or nobody.
    """

    number: int
    study_ref: int
    kind: IncidentKind
    at: str
    reason: str
    person: str
    pair_id: str | None
    employer_ref: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What was put on record: its number, and what is planned and out at the employer (None where none is named)."""

    number: int
    employer: Blocked | None
    blocked: bool


@dataclass(frozen=True, slots=True)
class Incidents:
    """Complaints, discoveries, questions of press and lawyers."""

    session: Session

    def record(
        self,
        kind: str,
        reason: str,
        at: datetime | str,
        *,
        pair_id: str | None = None,
        employer_id: str | None = None,
        employer_of: str | None = None,
        block: bool = False,
        actor: str = COORDINATOR,
    ) -> Noted:
        """Put an incident on record; return its number and what the employer still has to expect.

        Parameters
        ----------
        kind
            "complaint", "discovery", "press" or "legal".
        pair_id, employer_id, employer_of
            Whom it is about, at most one of them: a pair alone; all pairs of an employer by its number; all pairs of
            the employer of this pair. Press and legal may be about nobody.
        block
            Never approach this employer again, in the same breath.
        """
        known = next((each for each in INCIDENTS if each == kind), None)
        if known is None:
            raise InputError(
                say("There is no kind of incident '{kind}'. {nearest}", kind=kind, nearest=nearest(kind, [*INCIDENTS]))
            )
        if not reason.strip():
            raise InputError(say("A reason is needed: what happened, in a sentence that names nobody."))
        named = [each for each in (pair_id, employer_id, employer_of) if each is not None]
        if len(named) > 1 or (not named and (block or known not in _OF_THE_STUDY)):
            raise InputError(say("Say whom it is about: one application, or one employer (--employer)."))
        payload: dict[str, Any] = {"at": stamp(at), "incident": known, "reason": reason.strip()}
        with self.session.writing("record_incident", actor) as work:
            work.check_happened(payload["at"], say(INCIDENTS[known]))
            return self._record(work, payload, pair_id, employer_id, employer_of, block=block)

    def _record(
        self,
        work: Fieldwork,
        payload: dict[str, Any],
        pair_id: str | None,
        employer_id: str | None,
        employer_of: str | None,
        *,
        block: bool,
    ) -> Noted:
        employers, of = Employers(self.session), self.session.study_ref
        if pair_id is None and employer_id is None and employer_of is None:
            work.ledger.append(HAPPENED, payload, study_ref=of)
            return Noted(number=work.ledger.seq, employer=None, blocked=False)
        pair = pair_id or employer_of
        group, employer_ref, _ = employers.named(work, pair, employer_id)
        if pair_id is None:
            payload["employer"] = employer_ref
        else:
            _check_out(work, pair_id)
        work.ledger.append(HAPPENED, payload, study_ref=of, pair_id=pair)
        number = work.ledger.seq
        weight = (
            employers.block_named(work, group, employer_ref, reason=payload["reason"], pair_id=pair)
            if block
            else employers.weight(work.connection, group, employer_ref)
        )
        return Noted(number=number, employer=weight, blocked=block)

    def take_back(self, number: int, reason: str, *, actor: str = COORDINATOR) -> None:
        """Take back an incident that was put on record by mistake; a block that came with it stays."""
        if not reason.strip():
            raise InputError(say("A reason is needed: whoever looks later must see why the incident is taken back."))
        with self.session.writing("take_back_incident", actor) as work:
            here = {each.number: each for each in read_incidents(work.connection)}
            found = here.get(number)
            if found is None or found.study_ref != self.session.study_ref:
                raise RegisterError(
                    say(
                        "There is no incident {number} in this study; corrtest register status lists them.",
                        number=number,
                    )
                )
            told = {"event": number, "reason": reason.strip()}
            work.ledger.append(TAKEN_BACK, told, study_ref=found.study_ref, pair_id=found.pair_id)


def _check_out(work: Fieldwork, pair_id: str) -> None:
    if all(each.life.sent_at is None for each in work.of_pair(pair_id)):
        raise Refusal(
            "illegal_move",
            say("{pair_id}: nothing of it is out, so that it met with nothing. Name the employer.", pair_id=pair_id),
        )


def read_incidents(connection: Connection) -> tuple[Incident, ...]:
    """Return every incident that stands, of all studies, in the order in which they were put on record."""
    query = (
        sa.select(_EV.seq, _EV.kind, _EV.study_ref, _EV.pair_id, _EV.actor, _EV.payload)
        .where(_EV.kind.in_((HAPPENED, TAKEN_BACK)))
        .order_by(_EV.seq)
    )
    found: dict[int, Incident] = {}
    for row in connection.execute(query):
        told = json.loads(row.payload)
        if row.kind == TAKEN_BACK:
            found.pop(told["event"], None)
            continue
        found[row.seq] = Incident(
            number=row.seq,
            study_ref=row.study_ref,
            kind=told["incident"],
            at=told["at"],
            reason=told["reason"],
            person=row.actor,
            pair_id=row.pair_id,
            employer_ref=told.get("employer"),
        )
    return tuple(found.values())


def concerned(connection: Connection, study_ref: int, incidents: Sequence[Incident]) -> dict[int, frozenset[str]]:
    """Return number of an incident → the pairs of this study that it marks; one that marks none is left out."""
    found: dict[int, frozenset[str]] = {}
    for each in incidents:
        if each.employer_ref is not None:
            group = sa.select(_E.group_ref).where(_E.employer_ref == each.employer_ref).scalar_subquery()
            query = (
                sa.select(_P.pair_id)
                .join_from(schema.pair, schema.employer, _P.employer_ref == _E.employer_ref)
                .where(_P.study_ref == study_ref, _E.group_ref == group)
            )
            found[each.number] = frozenset(connection.execute(query).scalars())
        elif each.pair_id is not None and each.study_ref == study_ref:
            found[each.number] = frozenset((each.pair_id,))
    return {number: pairs for number, pairs in found.items() if pairs}
