"""What became of mail that came in, as its events tell it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register.events.history import taken_back
from corrtest.register.store import schema

_EV = schema.event.c
RECEIVED, PLACED, CONFIRMED, SET_ASIDE, FETCHED = (
    "mail_received",
    "mail_placed",
    "mail_confirmed",
    "mail_set_aside",
    "mail_fetched",
)
IncomingState = Literal["unmatched", "waiting", "confirmed", "set_aside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail that came in: whose answer it is, why that is thought, and what a person made of it.

    Attributes
    ----------
    number : int
        Its number in the register.
    at : str
        When it was written.
    pair_id : str or None
        The pair that it answers; None where that is not known.
    arms : tuple of str
        The application of that pair, or both where it answers both.
    evidence : tuple of str
        Why it is thought to answer them.
    likely : tuple of int
        Numbers of the applications that it may answer, where it could not be told.
    kinds : tuple of str
        What its structure tells.
    state : IncomingState
        Where it stands.
    outcome : str
        The reaction that a person confirmed, "bounced", or the reason why it was set aside.
    """

    number: int
    at: str
    pair_id: str | None
    arms: tuple[str, ...]
    evidence: tuple[str, ...]
    likely: tuple[int, ...]
    kinds: tuple[str, ...]
    state: IncomingState
    outcome: str = ""


def read_incoming(connection: Connection, study_ref: int) -> Mapping[int, Incoming]:
    """Return number → mail that came in, in the order in which it did; only what this login may see."""
    query = (
        sa.select(_EV.seq, _EV.kind, _EV.pair_id, _EV.payload)
        .where(_EV.study_ref == study_ref, _EV.kind.in_((RECEIVED, *_STEPS)))
        .order_by(_EV.seq)
    )
    found: dict[int, Incoming] = {}
    gone = taken_back(connection, study_ref)
    for seq, kind, pair_id, text in connection.execute(query):
        told = json.loads(text)
        if kind == RECEIVED:
            found[seq] = Incoming(
                number=seq,
                at=told["at"],
                pair_id=pair_id,
                arms=tuple(told["arms"]),
                evidence=tuple(told["evidence"]),
                likely=tuple(told["likely"]),
                kinds=tuple(told["kinds"]),
                state="unmatched" if pair_id is None else "waiting",
            )
        elif told["mail"] in found and not gone.intersection(told.get("events", ())):
            found[told["mail"]] = _STEPS[kind](found[told["mail"]], pair_id, told)
    return found


def _placed(mail: Incoming, pair_id: str | None, told: Mapping[str, Any]) -> Incoming:
    return replace(mail, pair_id=pair_id, arms=tuple(told["arms"]), evidence=("person",), state="waiting", outcome="")


def _confirmed(mail: Incoming, _pair_id: str | None, told: Mapping[str, Any]) -> Incoming:
    return replace(mail, state="confirmed", outcome=told["outcome"])


def _set_aside(mail: Incoming, _pair_id: str | None, told: Mapping[str, Any]) -> Incoming:
    return replace(mail, state="set_aside", outcome=told["reason"])


_STEPS: Mapping[str, Callable[[Incoming, str | None, Mapping[str, Any]], Incoming]] = {
    PLACED: _placed,
    CONFIRMED: _confirmed,
    SET_ASIDE: _set_aside,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a folder of a mailbox was read; `validity` is what the server numbers its mails by."""

    validity: int
    last: int


def read_marks(connection: Connection, study_ref: int) -> Mapping[tuple[str, str], Mark]:
    """Return (mailbox, folder) → how far it was read."""
    query = sa.select(_EV.payload).where(_EV.study_ref == study_ref, _EV.kind == FETCHED).order_by(_EV.seq)
    marks = {}
    for text in connection.execute(query).scalars():
        told = json.loads(text)
        marks[told["mailbox"], told["folder"]] = Mark(validity=told["validity"], last=told["last"])
    return marks
