"""The life of one application: planned → claimed → sent → (reaction)* → withdrawn → closed.

Beside that line an application can fail (it bounced, the form was gone), be skipped with a reason, or be replaced
because its vacancy is gone. `after` is the only place that says which move is legal; the register uses it to write and
`register verify` uses it to derive everything again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from corrtest.language import mark, say

State = Literal["planned", "claimed", "sent", "withdrawn", "closed", "failed", "replaced", "skipped"]

STATES: tuple[State, ...] = ("planned", "claimed", "sent", "withdrawn", "closed", "failed", "replaced", "skipped")

LEGAL_MOVES: Mapping[State, frozenset[str]] = {
    "planned": frozenset({"claimed", "skipped", "replaced"}),
    # Claimed again: by another person once the claim has run out, or by the same person to prolong it.
    "claimed": frozenset({"claimed", "released", "sent", "failed", "skipped", "replaced"}),
    "sent": frozenset({"reaction", "withdrawn", "closed", "failed"}),
    # A reply of before the withdrawal that is entered late; later ones answer the withdrawal, not the application.
    "withdrawn": frozenset({"reaction", "closed"}),
    "closed": frozenset(),
    "failed": frozenset(),
    "replaced": frozenset(),
    "skipped": frozenset(),
}

MOVES: frozenset[str] = frozenset().union(*LEGAL_MOVES.values())

# When an employer reacts more than once, the one most favourable to the candidate is the outcome: an automatic receipt
# followed by an invitation is an invitation.
FAVOUR: tuple[str, ...] = ("none", "automatic", "negative", "request", "other_positive", "invitation")
# Why an application that was out failed.
BOUNCED, VACANCY_WITHDRAWN = "bounced", "vacancy_withdrawn"
CAUSES = (BOUNCED, VACANCY_WITHDRAWN)
POSITIVE = frozenset({"invitation", "other_positive"})


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
    if move not in LEGAL_MOVES[life.state]:
        raise IllegalMove(
            say(
                "an application that is {state} cannot be {participle}",
                state=say(_WORDS[life.state]),
                participle=say(_WORDS[move]),
            )
        )
    return _AFTER[move](life, payload, actor)


# States and moves as a refusal says them.
_WORDS = {
    "reaction": mark("given a reaction"),
    "planned": mark("planned"),
    "claimed": mark("claimed"),
    "sent": mark("sent"),
    "withdrawn": mark("withdrawn"),
    "closed": mark("closed"),
    "failed": mark("failed"),
    "replaced": mark("replaced"),
    "skipped": mark("skipped"),
    "released": mark("released"),
}


def _claimed(life: Life, payload: Mapping[str, Any], actor: str) -> Life:
    if life.state == "claimed" and life.claimed_by != actor and payload["at"] < (life.claimed_until or ""):
        raise IllegalMove(
            say(
                "it is claimed by {claimed_by} until {claimed_until}",
                claimed_by=life.claimed_by,
                claimed_until=life.claimed_until,
            )
        )
    if payload["until"] <= payload["at"]:
        raise IllegalMove(say("the claim would end before it begins"))
    return life._replace(state="claimed", claimed_by=actor, claimed_at=payload["at"], claimed_until=payload["until"])


def _released(life: Life, _payload: Mapping[str, Any], _actor: str) -> Life:
    return life._replace(state="planned", claimed_by=None, claimed_at=None, claimed_until=None)


def _sent(life: Life, payload: Mapping[str, Any], actor: str) -> Life:
    if life.claimed_by != actor:
        raise IllegalMove(say("it is claimed by {claimed_by}", claimed_by=life.claimed_by))
    simulated = int(payload.get("simulated", False))
    return life._replace(state="sent", claimed_at=None, claimed_until=None, sent_at=payload["at"], simulated=simulated)


def _reaction(life: Life, payload: Mapping[str, Any], _actor: str) -> Life:
    at = payload["at"]
    if at < (life.sent_at or ""):
        raise IllegalMove(
            say("the reaction of {at} is earlier than the sending of {sent_at}", at=at, sent_at=life.sent_at)
        )
    if life.withdrawn_at is not None and at > life.withdrawn_at:
        raise IllegalMove(
            say(
                "the application was withdrawn on {withdrawn_at}; what came later answers that",
                withdrawn_at=life.withdrawn_at,
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
        raise IllegalMove(say("the withdrawal of {at} is earlier than what it answers", at=payload["at"]))
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
    "sent": _sent,
    "reaction": _reaction,
    "withdrawn": _withdrawn,
    "closed": _closed,
    "failed": _ended("failed"),
    "skipped": _ended("skipped"),
    "replaced": _ended("replaced"),
}
