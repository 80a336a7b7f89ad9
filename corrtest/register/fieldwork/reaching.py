"""How an employer is reached other than by mail: each attempt to call, each stage in a portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.register.clock import local_time, stamp
from corrtest.register.events.history import read_history, read_reached
from corrtest.register.events.life import Happened
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets.entries import check_word
from corrtest.spec import ARMS, CALL_BACK, LAST_STAGE, SPOKEN, call_outcomes, heard_answers, portal_stages


@dataclass(frozen=True, slots=True)
class Reaching:
    """Attempts to call and stages in a portal, which come before an application is out."""

    session: Session

    def call(
        self,
        pair_id: str,
        arm: str,
        outcome: str,
        at: datetime | str,
        *,
        caller: str = "",
        answer: str = "",
        back_at: datetime | str | None = None,
        simulated: bool = False,
        actor: str = COORDINATOR,
    ) -> None:
        """Put an attempt to call on record.

        Parameters
        ----------
        outcome
            How the attempt ended, of `spec.call_outcomes`. "spoken" puts the application on record as made.
        caller
            The pseudonym of who called, as the study names its callers.
        answer
            What was answered, of `spec.heard_answers`, where somebody was spoken: the reaction that it counts as is put
            on record with it.
        back_at
            When to call back, where that was asked.
        """
        check_word(arm, ARMS, "arm")
        when, back = stamp(at), stamp(back_at) if back_at is not None else ""
        with self.session.writing("send", actor) as work:
            work.check_gate(when)
            item = work.one(pair_id, arm)
            call_item(work, item, outcome, when, caller=caller, answer=answer, back_at=back, simulated=simulated)

    def stage(
        self,
        pair_id: str,
        arm: str,
        stage: str,
        at: datetime | str,
        *,
        blocked: bool = False,
        simulated: bool = False,
        actor: str = COORDINATOR,
    ) -> None:
        """Put a stage in a portal on record; where the candidate was `blocked` there, that is the employer's refusal.

        The last stage, and any at which the candidate was blocked, puts the application on record as made.
        """
        check_word(arm, ARMS, "arm")
        check_word(stage, portal_stages(), "stage")
        when = stamp(at)
        with self.session.writing("send", actor) as work:
            work.check_gate(when)
            _reach_stage(work, work.one(pair_id, arm), stage, when, blocked=blocked, simulated=simulated)

    def attempts(self, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return every attempt and stage that stands, in the order in which they were put on record."""
        with self.session.reading("worklist", actor) as (connection, person):
            return read_reached(connection, self.session.study_ref, person.partner)


def call_item(
    work: Fieldwork,
    item: Item,
    outcome: str,
    at: str,
    *,
    caller: str = "",
    answer: str = "",
    back_at: str = "",
    simulated: bool = False,
) -> None:
    """Put an attempt on record inside a writing transaction, with the sending and the reaction that follow from it."""
    check_word(outcome, call_outcomes(), "outcome")
    if answer:
        check_word(answer, tuple(heard_answers()), "answer")
    if answer and outcome != SPOKEN:
        raise InputError(say("An answer can only be heard where somebody was spoken. Use --outcome spoken."))
    if back_at and outcome != CALL_BACK:
        raise InputError(say("A time to call back goes with the outcome call_back alone."))
    callers = {each.name for each in work.study.calling.callers}
    if callers:
        check_word(caller, sorted(callers), "caller")
    _check_channel(item, "telephone")
    before = [event for event in _standing(work, item) if event.move == "called"]
    if item.life.state != "sent" and len(before) >= work.study.calling.attempts:
        raise Refusal(
            "attempts",
            say(
                "{item}: {count} attempts were made, which is all that the study allows. End it with corrtest register "
                "end fail.",
                item=item.name,
                count=len(before),
            ),
        )
    if any(event.payload["at"] == at for event in before):
        raise Refusal(
            "recorded", say("{item}: a call of {at} is on record already.", item=item.name, at=local_time(at))
        )
    payload: dict[str, Any] = {"at": at, "outcome": outcome, "attempt": len(before) + 1}
    told = {"caller": caller, "answer": answer, "back_at": back_at}
    payload |= {name: value for name, value in told.items() if value}
    work.reach(item, "called", payload, at)
    if outcome == SPOKEN and item.life.state == "claimed":
        work.send(item, at, simulated=simulated)
    if answer:
        work.react(item, heard_answers()[answer], at, channel="telephone", simulated=simulated)


def _reach_stage(work: Fieldwork, item: Item, stage: str, at: str, *, blocked: bool, simulated: bool) -> None:
    _check_channel(item, "portal")
    stages = portal_stages()
    furthest = max(
        (stages.index(event.payload["stage"]) for event in _standing(work, item) if event.move == "stage"), default=-1
    )
    if stages.index(stage) <= furthest:
        raise Refusal(
            "recorded", say("{item}: the stage '{stage}' is on record already.", item=item.name, stage=stages[furthest])
        )
    if blocked and stage == LAST_STAGE:
        raise InputError(say("Who sent the application was not blocked. Record what the employer did as a reaction."))
    payload: dict[str, Any] = {"at": at, "stage": stage}
    work.reach(item, "stage", payload | ({"blocked": True} if blocked else {}), at)
    if blocked or stage == LAST_STAGE:
        work.send(item, at, simulated=simulated)
    if blocked:
        work.react(item, "negative", at, channel="form", simulated=simulated)


def _check_channel(item: Item, channel: str) -> None:
    if item.channel != channel:
        raise Refusal(
            "illegal_move",
            say(
                "{item}: its vacancy is not answered by {channel}. Record what was sent with corrtest register sent.",
                item=item.name,
                channel=channel,
            ),
        )


def _standing(work: Fieldwork, item: Item) -> list[Happened]:
    """Return the events of an application that nobody took back."""
    history = read_history(work.connection, work.study_ref, item.pair_id, item.arm)
    gone = {event.payload["event"] for event in history if event.move == "taken_back"}
    return [event for event in history if event.seq not in gone]
