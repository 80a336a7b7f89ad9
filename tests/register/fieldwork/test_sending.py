"""Claims, sendings, their order, and how applications end."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, Make, a_plan, a_study, events, ready


def test_an_unknown_pair(register: Register) -> None:
    with pytest.raises(RegisterError, match="no pair 'P99999'"):
        register.sending.mark_sent("P99999", "control", FIRST)


def test_sending_twice_is_refused(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match="sent cannot be sent"):
        register.sending.mark_sent("P00001", "control", FIRST)


def test_the_second_application_waits_for_the_first(register: Register) -> None:
    with pytest.raises(Refusal, match="goes first") as refused:
        register.sending.mark_sent("P00001", "treated", FIRST)
    assert refused.value.reason == "not_due"
    register.sending.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match=r"1 day\(s\) after the first"):
        register.sending.mark_sent("P00001", "treated", "2027-01-11T20:00")


class TestClaims:
    def test_two_people_never_get_the_same_item(self, register: Register) -> None:
        for name in ("ann", "bob"):
            register.people.add(name, "partner", partner=name)
        first = register.sending.claim_next(FIRST, count=3, actor="ann")
        second = register.sending.claim_next(FIRST, count=3, actor="bob")
        assert first["pair_id"].tolist() == ["P00001", "P00002", "P00003"]
        assert second["pair_id"].tolist() == ["P00004"]
        with pytest.raises(Refusal, match="claimed by ann until"):
            register.sending.claim("P00001", "control", FIRST, actor="bob")
        with pytest.raises(Refusal, match="claimed by ann"):
            register.sending.mark_sent("P00001", "control", "2027-01-11T10:00", actor="bob")

    def test_a_claim_expires(self, register: Register) -> None:
        register.people.add("bob", "partner", partner="b")
        register.sending.claim("P00001", "control", FIRST, hours=2)
        assert "P00001" not in set(register.sending.worklist("2027-01-11T10:59", actor="bob")["pair_id"])
        assert "P00001" in set(register.sending.worklist("2027-01-11T11:00", actor="bob")["pair_id"])
        claimed = register.sending.claim_next("2027-01-11T11:00", count=9, actor="bob")
        assert "P00001" in set(claimed["pair_id"])
        with pytest.raises(Refusal, match="claimed by bob"):
            register.sending.mark_sent("P00001", "control", "2027-01-11T11:30")

    def test_an_expired_claim_may_still_be_sent_by_its_owner(self, register: Register) -> None:
        register.sending.claim("P00001", "control", FIRST, hours=1)
        register.sending.mark_sent("P00001", "control", "2027-01-11T15:00")
        assert len(events(register, "claimed")) == 2

    def test_released_is_free_again(self, register: Register) -> None:
        register.people.add("bob", "partner", partner="b")
        register.sending.claim("P00001", "control", FIRST)
        with pytest.raises(Refusal, match="claimed by coordinator"):
            register.sending.release("P00001", "control", FIRST, actor="bob")
        register.sending.release("P00001", "control", FIRST)
        register.sending.claim("P00001", "control", FIRST, actor="bob")

    @pytest.mark.parametrize("hours", [0, -1, float("nan"), 1e6])
    def test_impossible_hours(self, register: Register, hours: float) -> None:
        with pytest.raises(InputError, match="not possible"):
            register.sending.claim("P00001", "control", FIRST, hours=hours)

    def test_a_claim_weighs_on_the_cap_until_it_runs_out(self, make: Make) -> None:
        study = a_study()
        plan = a_plan(study, 2, employers=1, starts=lambda n: date(2027, 1, 11) + timedelta(days=56 * n))
        register = ready(make(study), plan)
        register.sending.claim("P00001", "control", FIRST, hours=2)
        with pytest.raises(Refusal, match="in any 56 days"):
            register.sending.claim("P00002", "treated", "2027-01-11T10:00")
        register.sending.claim("P00002", "treated", "2027-01-11T12:00")
        with pytest.raises(Refusal, match="in any 56 days"):
            register.sending.mark_sent("P00001", "control", "2027-01-11T12:30")

    def test_a_blocked_cap_is_passed_over(self, make: Make) -> None:
        study = a_study(pairs=3)
        plan = a_plan(study, 3, employers=2, starts=lambda n: date(2027, 1, 11) + timedelta(days=56 * (n // 2)))
        plan.pairs["send_first_on"] = pd.Timestamp("2027-01-11")
        plan.pairs.loc[2, "send_first_on"] = pd.Timestamp("2027-03-08")
        register = ready(make(study), plan)
        late = "2027-03-09T09:00"  # all three are due, two of them at one employer
        assert register.sending.claim_next(late, count=9)["pair_id"].tolist() == ["P00001", "P00002"]


class TestEnds:
    def test_closing_after_the_window(self, register: Register) -> None:
        for pair, arm in (("P00001", "control"), ("P00002", "treated"), ("P00003", "control")):
            register.sending.mark_sent(pair, arm, FIRST)
        register.replies.record("P00001", "control", "invitation", "2027-01-13")
        register.replies.record("P00002", "treated", "negative", "2027-01-13")
        assert register.replies.close_applications("2027-02-10T23:59") == 0
        assert register.replies.close_applications("2027-02-11T00:00") == 2
        register.replies.withdraw("P00001", "control", "2027-02-11")
        assert register.replies.close_applications("2027-02-12") == 1
        with pytest.raises(Refusal, match="closed cannot be given a reaction"):
            register.replies.record("P00002", "treated", "invitation", "2027-02-12", confirmed=True)

    def test_a_failure_takes_the_pair_with_it(self, register: Register) -> None:
        register.sending.claim("P00001", "control", FIRST)
        register.sending.fail("P00001", "control", "the form is gone", FIRST)
        (skipped,) = events(register, "skipped")
        assert '"reason":"the other application of the pair was failed"' in skipped
        for pair in ("P00002", "P00003", "P00004"):
            register.sending.skip(pair, "control", "closed down", FIRST)
        with pytest.raises(RegisterError, match="4 given up"):
            register.oversight.export_pairs(as_of="2027-06-01")

    def test_a_reason_is_needed(self, register: Register) -> None:
        with pytest.raises(InputError, match="A reason is needed"):
            register.sending.skip("P00001", "control", "  ", FIRST)

    def test_a_failure_before_sending_frees_the_cap(self, make: Make) -> None:
        study = a_study()
        plan = a_plan(study, 2, employers=1, starts=lambda n: date(2027, 1, 11) + timedelta(days=56 * n))
        register = ready(make(study), plan)
        register.sending.claim("P00001", "control", FIRST)
        register.sending.fail("P00001", "control", "the form is gone", FIRST)
        register.sending.claim("P00002", "treated", FIRST)


class TestLags:
    @pytest.fixture
    def drawn(self, make: Make) -> Register:
        study = a_study(more="[fieldwork]\nlag_days = [1, 3]\n")
        plan = a_plan(study)
        days = pd.to_timedelta(pd.Series([1, 3, 2, 1]), unit="D")
        plan.pairs["send_second_on"] = plan.pairs["send_first_on"] + days
        return ready(make(study), plan)

    def test_each_pair_waits_as_long_as_planned(self, drawn: Register) -> None:
        for pair, arm in (("P00001", "control"), ("P00002", "treated"), ("P00003", "control"), ("P00004", "treated")):
            drawn.sending.mark_sent(pair, arm, "2027-01-13T09:00")  # all two days late
        due = [set(drawn.sending.worklist(f"2027-01-{day}T09:00")["pair_id"]) for day in (14, 15, 16)]
        assert due == [{"P00001", "P00004"}, {"P00001", "P00003", "P00004"}, {"P00001", "P00002", "P00003", "P00004"}]
        assert drawn.sending.worklist("2027-01-15T09:00", limit=2)["pair_id"].tolist() == ["P00001", "P00004"]
        with pytest.raises(Refusal, match=r"3 day\(s\) after the first"):
            drawn.sending.mark_sent("P00002", "control", "2027-01-15T09:00")
        assert set(drawn.sending.claim_next("2027-01-15T09:00", count=9)["pair_id"]) == {"P00001", "P00003", "P00004"}

    def test_a_lag_that_the_study_does_not_draw(self, make: Make) -> None:
        study = a_study()
        plan = a_plan(study)
        plan.pairs.loc[2, "send_second_on"] = pd.Timestamp("2027-01-15")
        with pytest.raises(RegisterError) as refused:
            make(study).intake.import_plan(plan)
        assert [(fault.row, fault.column) for fault in refused.value.faults] == [(3, "send_second_on")]

    def test_the_plan_s_partner(self, make: Make) -> None:
        study = a_study()
        register = ready(make(study), a_plan(study, partner=["north", "south", ""]))
        register.people.add("nora", "partner", partner="north")
        assert register.sending.worklist(FIRST, actor="nora")["pair_id"].tolist() == ["P00001", "P00003", "P00004"]
