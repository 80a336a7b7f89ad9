"""The life of one application: planned → claimed → sent → (reaction)* → withdrawn → closed.

Beside that line an application can fail (it bounced, the form was gone), be skipped with a reason, or be replaced
because its vacancy is gone. `after` says what follows from one more event, `replayed` what follows from all but those
that were taken back; the register uses them to write and `register verify` uses them to derive everything again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from corrtest.language import say
from corrtest.register.clock import local_time
from corrtest.register.events.acts import MISTAKES, STATES, State, act_of, follows
from corrtest.spec import CALL_ANSWERS

# When an employer reacts more than once, the one most favourable to the candidate is the outcome: an automatic receipt
# followed by an invitation is an invitation.
# Of a call the answer that goes along most with the client is the outcome.
FAVOUR: tuple[str, ...] = ("none", "automatic", "negative", "request", "other_positive", "invitation", *CALL_ANSWERS)
# Why an application that was out failed.
BOUNCED, VACANCY_WITHDRAWN = "bounced", "vacancy_withdrawn"
CAUSES = (BOUNCED, VACANCY_WITHDRAWN)
# What must be answered by telling the employer that nothing will come of it.
POSITIVE = frozenset({"invitation", "other_positive", "agrees", "hints"})


class Life(NamedTuple):
    """Where an application stands: the columns of `application` that its events move. Times are stamps."""

    state: State = "planned"
    claimed_by: str | None = None
    claimed_at: str | None = None
    claimed_until: str | None = None
    sent_at: str | None = None
    reaction: str | None = None
    positive_at: str | None = None
    withdrawn_at: str | None = None
    simulated: int = 0  # 1 where the sending or a reaction was made up by a simulation


class Happened(NamedTuple):
    """One event of an application, as far as its life follows from it."""

    seq: int
    move: str
    payload: Mapping[str, Any]
    actor: str


Step = Callable[[Life, Mapping[str, Any], str], Life]


class IllegalMove(ValueError):
    """The application is in a state from which it cannot move so; the text says why."""


def after(life: Life, move: str, payload: Mapping[str, Any], actor: str) -> Life:
    """Return the life after `move`.

    Raises
    ------
    IllegalMove
        Where the state does not allow the move, or its time precedes what it follows.
    """
    if not follows(life.state, move) or move not in _AFTER:
        facts = {"state": say(STATES[life.state]), "participle": say(act_of(move).done)}
        if life.state == "closed":
            raise IllegalMove(
                say(
                    "an application that is {state} cannot be {participle}. Take the closing back first: corrtest "
                    "register correct WHO names its event",
                    **facts,
                )
            )
        raise IllegalMove(say("an application that is {state} cannot be {participle}", **facts))
    return _AFTER[move](life, payload, actor)


def replayed(history: Iterable[Happened]) -> Life:
    """Return the life after all these events of one application but those that a later one takes back.

    Raises
    ------
    IllegalMove
        Where an event takes back what is not there, or what is left could not have happened.
    """
    standing: dict[int, Happened] = {}
    for event in history:
        if event.move != "taken_back":
            standing[event.seq] = event
            continue
        gone = standing.pop(event.payload["event"], None)
        if gone is None or gone.move not in MISTAKES:
            raise IllegalMove(say("event {seq} is not one that can be taken back", seq=event.payload["event"]))
        if gone.move == "sent":
            _drop_claim(standing, gone.seq)
    life = Life()
    for event in standing.values():
        life = after(life, event.move, event.payload, event.actor)
    return life


def _drop_claim(standing: dict[int, Happened], sent: int) -> None:
    """Drop the claim on which a sending rested: what was not sent is anybody's again."""
    before = [event for event in standing.values() if event.seq < sent]
    claim = max((event.seq for event in before if event.move == "claimed"), default=sent)
    for event in before:
        if event.seq >= claim and event.move in ("claimed", "passed_on"):
            del standing[event.seq]


def _claimed(life: Life, payload: Mapping[str, Any], actor: str) -> Life:
    if life.state == "claimed" and life.claimed_by != actor and payload["at"] < (life.claimed_until or ""):
        raise IllegalMove(
            say(
                "it is claimed by {claimed_by} until {claimed_until}",
                claimed_by=life.claimed_by,
                claimed_until=local_time(str(life.claimed_until)),
            )
        )
    if payload["until"] <= payload["at"]:
        raise IllegalMove(say("the claim would end before it begins"))
    return life._replace(state="claimed", claimed_by=actor, claimed_at=payload["at"], claimed_until=payload["until"])


def _released(life: Life, _payload: Mapping[str, Any], _actor: str) -> Life:
    return life._replace(state="planned", claimed_by=None, claimed_at=None, claimed_until=None)


def _passed_on(life: Life, payload: Mapping[str, Any], _actor: str) -> Life:
    return life._replace(claimed_by=payload["to"])


def _sent(life: Life, payload: Mapping[str, Any], actor: str) -> Life:
    if life.claimed_by != actor:
        raise IllegalMove(say("it is claimed by {claimed_by}", claimed_by=life.claimed_by))
    simulated = int(payload.get("simulated", False))
    return life._replace(state="sent", claimed_at=None, claimed_until=None, sent_at=payload["at"], simulated=simulated)


def _reached(life: Life, _payload: Mapping[str, Any], actor: str) -> Life:
    """An attempt or a stage is kept as an event: what follows from it, a sending or a reaction, is one of its own."""
    if life.state == "claimed" and life.claimed_by != actor:
        raise IllegalMove(say("it is claimed by {claimed_by}", claimed_by=life.claimed_by))
    return life


def _reaction(life: Life, payload: Mapping[str, Any], _actor: str) -> Life:
    at = payload["at"]
    if at < (life.sent_at or ""):
        raise IllegalMove(
            say(
                "the reaction of {at} is earlier than the sending of {sent_at}",
                at=local_time(at),
                sent_at=local_time(str(life.sent_at)),
            )
        )
    if life.withdrawn_at is not None and at > life.withdrawn_at:
        raise IllegalMove(
            say(
                "the application was withdrawn on {withdrawn_at}; what came later answers that",
                withdrawn_at=local_time(life.withdrawn_at),
            )
        )
    reaction, outcome, positive_at = payload["reaction"], life.reaction, life.positive_at
    if reaction in POSITIVE:
        positive_at = min(at, positive_at or at)
    # A reaction after the window is kept as an event and asks for a withdrawal, but is not the outcome.
    if payload["in_window"] and (outcome is None or FAVOUR.index(reaction) > FAVOUR.index(outcome)):
        outcome = reaction
    simulated = life.simulated or int(payload.get("simulated", False))
    return life._replace(reaction=outcome, positive_at=positive_at, simulated=simulated)


def _withdrawn(life: Life, payload: Mapping[str, Any], _actor: str) -> Life:
    if payload["at"] < max(life.sent_at or "", life.positive_at or ""):
        raise IllegalMove(say("the withdrawal of {at} is earlier than what it answers", at=local_time(payload["at"])))
    return life._replace(state="withdrawn", withdrawn_at=payload["at"])


def _closed(life: Life, _payload: Mapping[str, Any], _actor: str) -> Life:
    if life.positive_at is not None and life.withdrawn_at is None:
        raise IllegalMove(say("a positive reaction has not been withdrawn"))
    return life._replace(state="closed")


def _ended(state: State) -> Step:
    def end(life: Life, _payload: Mapping[str, Any], _actor: str) -> Life:
        return life._replace(state=state, claimed_at=None, claimed_until=None)

    return end


_AFTER: Mapping[str, Step] = {
    "claimed": _claimed,
    "released": _released,
    "passed_on": _passed_on,
    "called": _reached,
    "stage": _reached,
    "sent": _sent,
    "reaction": _reaction,
    "withdrawn": _withdrawn,
    "closed": _closed,
    "failed": _ended("failed"),
    "skipped": _ended("skipped"),
    "replaced": _ended("replaced"),
}
