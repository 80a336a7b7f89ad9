"""No employer over its cap, over all studies."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from corrtest.errors import RegisterError
from corrtest.register import Refusal
from tests.register.conftest import AFTER, FIRST, Make, Reopen, a_plan, a_study, ready, sent_rows


class TestCaps:
    def test_a_plan_over_a_cap_is_refused(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        with pytest.raises(Refusal, match=r"1 employer\(s\) over their cap"):
            register.intake.import_plan(a_plan(study, 2, employers=1))

    def test_sending_earlier_than_planned_breaks_the_window(self, make: Make) -> None:
        study = a_study()
        plan = a_plan(study, 2, employers=1, starts=lambda index: date(2027, 1, 11) + timedelta(days=56 * index))
        register = ready(make(study), plan)
        register.sending.mark_sent("P00001", "control", FIRST)
        with pytest.raises(Refusal, match="in any 56 days and would have more; free from 2027-03-08") as refused:
            register.sending.mark_sent("P00002", "treated", "2027-03-07T23:00")
        assert refused.value.reason == "cap_window"
        register.sending.mark_sent("P00002", "treated", "2027-03-08T00:00")

    def test_the_total_counts_over_all_studies(self, make: Make, reopen: Reopen) -> None:
        first, second = a_study("first", total=1), a_study("second", total=5)
        earlier = ready(make(first), a_plan(first))
        reopen().supervision.add_study(second)
        with pytest.raises(RegisterError, match="Choose one with --study: first, second"):
            reopen()
        register = ready(reopen(study="second"), a_plan(second))
        # opened before the second study was there, and in need of its caps all the same
        register.sending.mark_sent("P00002", "treated", FIRST)
        with pytest.raises(Refusal, match="may have 1 in all"):
            earlier.sending.mark_sent("P00002", "treated", "2027-06-01")
        earlier.sending.mark_sent("P00001", "control", FIRST)
        with pytest.raises(Refusal, match="may have 1 in all"):
            register.sending.mark_sent("P00001", "control", "2027-06-01")

    def test_pseudonyms_differ_between_studies(self, make: Make, reopen: Reopen) -> None:
        first, second = a_study("first"), a_study("second")
        register = ready(make(first), a_plan(first))
        register.sending.import_sent(sent_rows(4))
        one = register.oversight.export_pairs(as_of=AFTER)["employer"]
        register.supervision.add_study(second)
        register = ready(reopen(study="second"), a_plan(second))
        register.sending.import_sent(sent_rows(4, date(2027, 5, 3)))
        other = register.oversight.export_pairs(as_of=date(2027, 7, 1))["employer"]
        assert not set(one) & set(other)
