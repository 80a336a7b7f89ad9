"""Events follow on one another, and stay as they were written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, Clock, events


def test_a_refusal_is_an_event(register: Register) -> None:
    with pytest.raises(Refusal):
        register.sending.mark_sent("P00001", "treated", FIRST)
    assert events(register, "refused") == ['{"action":"send","reason":"not_due"}']
    assert events(register, "claimed") == []


def test_an_event_must_follow_on_the_last(register: Register) -> None:
    copied = "INSERT INTO event SELECT seq + 100, recorded_at, actor, role, study_ref, kind, pair_id, arm, payload, "
    statement = copied + "previous, hash FROM event WHERE seq = 1"
    with (
        pytest.raises(RegisterError, match="must follow on the last one"),
        register.session.store.writing() as connection,
    ):
        connection.execute(sa.text(statement))


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = 'x'", "DELETE FROM event"])
def test_events_cannot_be_changed(register: Register, statement: str) -> None:
    with pytest.raises(RegisterError, match="keeps every event"), register.session.store.writing() as connection:
        connection.execute(sa.text(statement))


def test_a_clock_set_back_does_not_turn_events_around(register: Register, clock: Clock) -> None:
    clock.at = datetime(2020, 1, 1, tzinfo=UTC)
    register.sending.mark_sent("P00001", "control", FIRST)
    assert register.oversight.audit_trail()["recorded_at"].is_monotonic_increasing
    assert '"clock_behind":true' in events(register, "sent")[0]
    assert register.oversight.verify().passed
