"""Mistakes in what was put on record: taken back by a further event with a reason; the first stays in the trail.

What follows from the mistaken event follows no more: state, outcome, caps, what awaits withdrawal. What an employer was
really told stays: a withdrawal is taken back by itself, where that did not happen either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from corrtest.errors import InputError, RegisterError
from corrtest.language import say
from corrtest.register.clock import local_time, stamp
from corrtest.register.events.acts import MISTAKES, OUT, STATES, State, act_of
from corrtest.register.events.history import read_history
from corrtest.register.events.life import Happened, IllegalMove, replayed
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets import entries
from corrtest.register.sheets.words import word
from corrtest.register.store import schema

_EV = schema.event.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction did: the application, whether its letter now counts as never sent, and what it is now."""

    pair_id: str
    arm: str
    state: State
    ended: bool

    @property
    def state_word(self) -> str:
        """The state in the current language."""
        return say(STATES[self.state])


@dataclass(frozen=True, slots=True)
class Corrections:
    """What takes back: a wrong reaction, on the wrong application, twice, a sending that did not happen."""

    session: Session

    def events(self, pair_id: str, arm: str, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return what is on record about one application: event, what, at, actor, and whether it was taken back."""
        with self.session.reading("worklist", actor) as (connection, _):
            history = read_history(connection, self.session.study_ref, pair_id, arm)
        gone = {event.payload["event"] for event in history if event.move == "taken_back"}
        rows = [
            {
                "event": event.seq,
                "what": event.move,
                "reaction": event.payload.get("reaction", ""),
                "at": event.payload["at"],
                "actor": event.actor,
                "taken_back": event.seq in gone,
                "reason": event.payload.get("reason", ""),
            }
            for event in history
        ]
        return pd.DataFrame(rows, columns=["event", "what", "reaction", "at", "actor", "taken_back", "reason"])

    def events_for_people(self, pair_id: str, arm: str, *, actor: str = COORDINATOR) -> list[tuple[str, ...]]:
        """Return these events as a person reads them: number, what, local time, who, whether taken back, why."""
        table = self.events(pair_id, arm, actor=actor)
        return [
            (
                str(row.event),
                say(act_of(str(row.what)).done) + (f": {word(str(row.reaction))}" if row.reaction else ""),
                local_time(str(row.at)),
                str(row.actor),
                "x" if row.taken_back else "",
                str(row.reason),
            )
            for row in table.itertuples()
        ]

    def take_back(self, event: int, reason: str, at: datetime | str, *, actor: str = COORDINATOR) -> Corrected:
        """Take back a sending, reaction, withdrawal or end that is on record and did not happen so.

        Refused where what came after could not have happened without it: that is taken back first.
        """
        when, why = stamp(at), _reason(reason)
        with self.session.writing("correct", actor) as work:
            return _take_back(work, event, why, when)

    def correct_reaction(
        self,
        event: int,
        reason: str,
        at: datetime | str,
        *,
        reaction: str | None = None,
        heard_at: datetime | str | None = None,
        confirmed: bool = False,
        onto: tuple[str, str] | None = None,
        actor: str = COORDINATOR,
    ) -> Corrected:
        """Take back a reaction and put the right one in its place, in one act.

        Parameters
        ----------
        reaction, heard_at
            The right word and time; those of the mistaken one unless given.
        confirmed
            Whether its date is right, where that lies after the window.
        onto
            Pair and arm of the application that it answers; the same one unless given.
        """
        if reaction is not None:
            entries.check_word(reaction, entries.TYPED_REACTIONS, "reaction")
        when, why = stamp(at), _reason(reason)
        with self.session.writing("correct", actor) as work:
            old = _event(work, event)
            if old.kind != "reaction":
                raise RegisterError(say("Event {event} is no reaction.", event=event))
            told = next(
                each.payload
                for each in read_history(work.connection, work.study_ref, old.pair_id, old.arm)
                if each.seq == event
            )
            _take_back(work, event, why, when)
            item = work.one(*(onto or (old.pair_id, old.arm)))
            work.react(
                item,
                reaction or told["reaction"],
                stamp(heard_at) if heard_at is not None else told["at"],
                channel=told.get("channel", ""),
                text=_words(work, event),
                simulated=bool(told.get("simulated", False)),
                # Who put it on record has confirmed its date already.
                confirmed=confirmed or (heard_at is None and onto is None and not told["in_window"]),
            )
            return Corrected(pair_id=item.pair_id, arm=item.arm, state=item.life.state, ended=False)


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError(say("A reason is needed: whoever looks later must see why it was corrected."))
    return text.strip()


def _event(work: Fieldwork, event: int) -> Any:
    query = sa.select(_EV.kind, _EV.pair_id, _EV.arm).where(_EV.seq == event, _EV.study_ref == work.study_ref)
    row = work.connection.execute(query).first()
    if row is None or row.arm is None or row.kind not in MISTAKES:
        raise RegisterError(
            say(
                "Event {event} is none that can be taken back. `corrtest register correct WHO` lists what can.",
                event=event,
            )
        )
    return row


def _take_back(work: Fieldwork, event: int, reason: str, at: str) -> Corrected:
    """Take one event back, and what ended the other application of the pair with it."""
    row = _event(work, event)
    item = work.one(row.pair_id, row.arm)
    work.check_own(item)
    payload = {"event": event, "at": at, "reason": reason}
    _undo(work, item, payload)
    other = work.other(item)
    for each in [] if other is None else read_history(work.connection, work.study_ref, other.pair_id, other.arm):
        if other is not None and each.payload.get("follows") == event:
            _undo(work, other, {**payload, "event": each.seq})
    ended = row.kind == "sent" and item.position == 1 and other is not None and other.life.state in OUT
    if ended:
        # Its order is gone: whatever is sent now would not be the pair that was planned.
        work.give_up(item, "skipped", f"not sent, and the other letter of the pair was: {reason}", at)
    return Corrected(pair_id=item.pair_id, arm=item.arm, state=item.life.state, ended=ended)


def _undo(work: Fieldwork, item: Item, payload: dict[str, Any]) -> None:
    work.flush()
    history = read_history(work.connection, work.study_ref, item.pair_id, item.arm)
    try:
        life = replayed([*history, Happened(0, "taken_back", payload, work.actor.name)])
    except IllegalMove as illegal:
        raise Refusal(
            "illegal_move",
            say(
                "{item}: without event {event}, what came after could not have happened: {why}. Take that back first.",
                item=item.name,
                event=payload["event"],
                why=illegal,
            ),
        ) from None
    work.put(item, "taken_back", payload, life)
    work.flush()
    work.read_anew(item)


def _words(work: Fieldwork, event: int) -> str:
    """Return the employer's words that were kept with an event."""
    query = sa.select(schema.note.c.sealed).where(schema.note.c.seq == event)
    sealed = work.connection.execute(query).scalar()
    return "" if sealed is None or work.keys is None else work.keys.open(work.study.name, sealed, f"note {event}")
