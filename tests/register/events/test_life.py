"""Which move is legal from which state, tried out for every state and every move."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from corrtest.language import use
from corrtest.register.events.acts import MOVES, STATES, follows
from corrtest.register.events.life import IllegalMove, Life, after

SENT = {"state": "sent", "claimed_by": "ann", "sent_at": "2027-01-11T09:00:00.000Z"}
LIVES: dict[str, Life] = {
    "planned": Life(),
    "claimed": Life(state="claimed", claimed_by="ann", claimed_until="2027-01-11T12:00:00.000Z"),
    "sent": Life(**SENT),
    "withdrawn": Life(**{**SENT, "state": "withdrawn", "withdrawn_at": "2027-01-13T09:00:00.000Z"}),
    **{state: Life(state=state) for state in ("closed", "failed", "replaced", "skipped")},
}
PAYLOAD: dict[str, Any] = {
    "at": "2027-01-13T08:00:00.000Z",
    "until": "2027-01-13T18:00:00.000Z",
    "reaction": "negative",
    "in_window": True,
    "reason": "why",
    "to": "bob",
}
# written out here once more, by hand, from issue to code
ALLOWED = {
    ("planned", "claimed"),
    ("planned", "skipped"),
    ("planned", "replaced"),
    ("claimed", "claimed"),
    ("claimed", "released"),
    ("claimed", "passed_on"),
    ("claimed", "called"),
    ("sent", "called"),
    ("claimed", "stage"),
    ("claimed", "sent"),
    ("claimed", "failed"),
    ("claimed", "skipped"),
    ("claimed", "replaced"),
    ("failed", "replaced"),
    ("skipped", "replaced"),
    ("sent", "reaction"),
    ("sent", "withdrawn"),
    ("sent", "closed"),
    ("sent", "failed"),
    ("withdrawn", "reaction"),
    ("withdrawn", "closed"),
}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(STATES, sorted(MOVES - {"taken_back"}))))
def test_every_state_and_every_move(state: str, move: str) -> None:
    assert set(STATES) == set(LIVES)
    assert follows(state, move) == ((state, move) in ALLOWED)  # type: ignore[arg-type]
    if (state, move) in ALLOWED:
        assert after(LIVES[state], move, PAYLOAD, "ann").state in STATES
    else:
        with pytest.raises(IllegalMove, match=f"that is {state} cannot"):
            after(LIVES[state], move, PAYLOAD, "ann")


def test_the_most_favourable_reaction_in_the_window_counts() -> None:
    life = LIVES["sent"]
    for word, in_window, expected in (
        ("automatic", True, "automatic"),
        ("negative", True, "negative"),
        ("other_positive", True, "other_positive"),
        ("negative", True, "other_positive"),
        ("invitation", False, "other_positive"),
        ("invitation", True, "invitation"),
    ):
        life = after(life, "reaction", {**PAYLOAD, "reaction": word, "in_window": in_window}, "ann")
        assert life.reaction == expected


def test_an_open_claim_is_its_owner_s() -> None:
    with pytest.raises(IllegalMove, match="claimed by ann until"):
        after(LIVES["claimed"], "claimed", {**PAYLOAD, "at": "2027-01-11T11:59:59.999Z"}, "bob")
    assert after(LIVES["claimed"], "claimed", PAYLOAD, "bob").claimed_by == "bob"
    with pytest.raises(IllegalMove, match="claimed by ann"):
        after(LIVES["claimed"], "sent", PAYLOAD, "bob")


def test_a_positive_reaction_must_be_withdrawn_before_the_end() -> None:
    invited = after(LIVES["sent"], "reaction", {**PAYLOAD, "reaction": "invitation"}, "ann")
    with pytest.raises(IllegalMove, match="has not been withdrawn"):
        after(invited, "closed", PAYLOAD, "ann")
    with pytest.raises(IllegalMove, match="earlier than what it answers"):
        after(invited, "withdrawn", {"at": "2027-01-12T09:00:00.000Z"}, "ann")
    withdrawn = after(invited, "withdrawn", {"at": "2027-01-14T09:00:00.000Z"}, "ann")
    assert after(withdrawn, "closed", PAYLOAD, "ann").state == "closed"


def test_what_answers_the_withdrawal_is_no_reaction() -> None:
    with pytest.raises(IllegalMove, match="what came later answers that"):
        after(LIVES["withdrawn"], "reaction", {**PAYLOAD, "at": "2027-01-14T08:00:00.000Z"}, "ann")


def test_in_dutch_a_refused_move_names_states_in_dutch():
    with use("nl"), pytest.raises(IllegalMove, match="die gepland is, kan niet ingetrokken worden"):
        after(Life(), "withdrawn", {}, "coordinator")
