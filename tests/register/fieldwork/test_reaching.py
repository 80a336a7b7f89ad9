"""Calls and portal stages: what each attempt leaves, and what follows from it."""

from __future__ import annotations

import pytest

from corrtest.errors import CorrtestError
from corrtest.register import Register
from corrtest.register.refusal import Refusal
from tests.register.conftest import AFTER, FIRST, Make, a_plan, a_study, ready

CALLERS = """
[channels]
declared = ["telephone"]
attempts = 2

[[channels.caller]]
name = "ivy"
group = "one"

[[channels.caller]]
name = "oak"
group = "one"
"""
PLACE = ("P00001", "control")


def by(make: Make, channel: str, more: str = "") -> Register:
    study = a_study(more=more)
    return ready(make(study), a_plan(study, channel=[channel]))


def state(register: Register) -> tuple[str, str | None]:
    with register.session.reading("worklist", "coordinator") as (connection, _):
        from corrtest.register.fieldwork.items import read_items

        items = read_items(connection, register.session.study_ref, [PLACE[0]])
        life = next(item.life for item in items if item.arm == PLACE[1])
        return life.state, life.reaction


def test_a_call_is_tried_again_until_somebody_is_spoken_and_answers(make: Make) -> None:
    register = by(make, "telephone", CALLERS)
    register.reaching.call(*PLACE, "call_back", FIRST, caller="ivy", back_at="2027-01-11T11:00")
    assert state(register) == ("claimed", None)
    register.reaching.call(*PLACE, "spoken", "2027-01-11T11:00", caller="ivy", answer="trial_day")
    assert state(register) == ("sent", "invitation")
    kept = register.reaching.attempts()
    assert kept["attempt"].tolist() == [1, 2]
    assert kept["caller"].tolist() == ["ivy", "ivy"]
    assert register.oversight.verify().passed


def test_no_more_attempts_than_the_study_allows(make: Make) -> None:
    register = by(make, "telephone", CALLERS)
    for hour in (9, 10):
        register.reaching.call(*PLACE, "no_answer", f"2027-01-11T{hour:02}:00", caller="oak")
    with pytest.raises(Refusal, match="2 attempts were made"):
        register.reaching.call(*PLACE, "spoken", "2027-01-11T11:00", caller="oak")
    last = register.corrections.events(*PLACE)["event"].iloc[-1]
    register.corrections.take_back(int(last), "another firm", "2027-01-11T11:05")
    register.reaching.call(*PLACE, "spoken", "2027-01-11T11:10", caller="oak")
    assert state(register) == ("sent", None)
    assert register.oversight.verify().passed


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"outcome": "spoken", "caller": "elm"}, "caller"),
        ({"outcome": "no_answer", "caller": "ivy", "answer": "refused"}, "somebody was spoken"),
        ({"outcome": "engaged", "caller": "ivy", "back_at": FIRST}, "call_back alone"),
        ({"outcome": "busy", "caller": "ivy"}, "outcome"),
    ],
)
def test_what_a_call_cannot_be(make: Make, told: dict[str, str], why: str) -> None:
    register = by(make, "telephone", CALLERS)
    with pytest.raises(CorrtestError, match=why):
        register.reaching.call(*PLACE, at=FIRST, **told)
    assert state(register) == ("planned", None)


def test_the_export_says_who_called_and_how_far_a_portal_let_one_come(make: Make) -> None:
    study = a_study(more=CALLERS)
    register = ready(make(study), a_plan(study, channel=["telephone", "portal"]))
    register.reaching.call(*PLACE, "engaged", FIRST, caller="ivy")
    register.reaching.call(*PLACE, "spoken", "2027-01-11T11:00", caller="ivy", answer="come_by")
    register.reaching.call("P00001", "treated", "spoken", "2027-01-12T11:00", caller="oak", answer="refused")
    register.reaching.stage("P00002", "treated", "form", FIRST, blocked=True)
    register.reaching.stage("P00002", "control", "sent", "2027-01-12T09:30")
    table = register.oversight.export_pairs(as_of=AFTER)
    rows = table.set_index("channel")
    assert rows.loc["telephone", ["control_caller", "treated_caller"]].tolist() == ["ivy", "oak"]
    assert rows.loc["telephone", ["control_attempts", "treated_attempts"]].tolist() == [2, 1]
    assert rows.loc["telephone", ["control_reaction", "treated_reaction"]].tolist() == ["invitation", "negative"]
    assert rows.loc["portal", ["control_stage", "treated_stage"]].tolist() == ["sent", "blocked_at_form"]
    assert rows.loc["portal", "treated_reaction"] == "negative"


def test_who_is_blocked_at_a_test_was_refused_there(make: Make) -> None:
    register = by(make, "portal")
    register.reaching.stage(*PLACE, "account", FIRST)
    with pytest.raises(Refusal, match="on record already"):
        register.reaching.stage(*PLACE, "account", "2027-01-11T09:05")
    register.reaching.stage(*PLACE, "test", "2027-01-11T09:30", blocked=True)
    assert state(register) == ("sent", "negative")
    with pytest.raises(Refusal, match="not answered by telephone"):
        register.reaching.call(*PLACE, "spoken", "2027-01-11T10:00")
    assert register.oversight.verify().passed
