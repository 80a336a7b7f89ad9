"""A study with one application a vacancy."""

from __future__ import annotations

import pandas as pd
import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.errors import RegisterError
from corrtest.register import Register
from tests.register.conftest import AFTER, FIRST, SECOND, Make, SmallPlan, a_plan, a_study, numbered, ready, reserves
from tests.register.fieldwork.test_reaching import CALLERS


def a_single_plan(pairs: int = 4, more: str = "", channel: list[str] | None = None) -> SmallPlan:
    plan = a_plan(a_study(unpaired=True, more=more), pairs, **({} if channel is None else {"channel": channel}))
    plan.pairs["send_second_on"] = pd.NaT
    for arm, other in (("control", "treated"), ("treated", "control")):
        plan.pairs.loc[plan.pairs["first_arm"] == arm, f"{other}_template"] = ""
    return plan


@pytest.fixture
def unpaired(make: Make) -> Register:
    plan = a_single_plan()
    return ready(make(plan.study), plan)


class TestUnpaired:
    def test_the_export_says_who_called(self, make: Make) -> None:
        plan = a_single_plan(more=CALLERS, channel=["telephone", "portal"])
        register = ready(make(plan.study), plan)
        register.reaching.call("P00001", "control", "engaged", FIRST, caller="ivy")
        register.reaching.call("P00001", "control", "spoken", "2027-01-11T11:00", caller="oak", answer="come_by")
        register.reaching.stage("P00002", "treated", "form", FIRST, blocked=True)
        table = register.oversight.export_pairs(as_of=AFTER)
        rows = table.set_index("channel")
        assert rows.loc["telephone", ["caller", "attempts", "reaction"]].tolist() == ["oak", 2, "invitation"]
        assert rows.loc["portal", ["stage", "reaction"]].tolist() == ["blocked_at_form", "negative"]
        assert pd.isna(rows.loc["portal", "caller"])
        # Who called is a column like any other to the analysis, which clusters by it.
        assert analyse(pairs_table(table), cluster="employer_and_caller").inputs["cluster"] == "employer_and_caller"

    def test_one_application_through_its_life(self, unpaired: Register) -> None:
        assert unpaired.sending.worklist(FIRST)[["pair_id", "arm"]].values.tolist() == [
            ["P00001", "control"],
            ["P00002", "treated"],
            ["P00003", "control"],
            ["P00004", "treated"],
        ]
        assert len(unpaired.sending.claim_next(FIRST, count=9)) == 4
        unpaired.sending.mark_sent("P00001", "control", FIRST)
        unpaired.sending.mark_sent("P00002", "treated", FIRST)
        with pytest.raises(RegisterError, match="is unpaired: P00001 has no treated application"):
            unpaired.sending.mark_sent("P00001", "treated", SECOND)
        unpaired.replies.record("P00002", "treated", "invitation", "2027-01-13")
        unpaired.replies.withdraw("P00002", "treated", "2027-01-14")
        unpaired.sending.skip("P00003", "control", "closed down", FIRST)
        assert unpaired.replies.close_applications(AFTER) == 2
        table = numbered(unpaired, unpaired.oversight.export_pairs(as_of=AFTER))
        assert table[["pair_id", "arm", "reaction", "template", "status"]].values.tolist() == [
            ["P00001", "control", "none", "classic", "ok"],
            ["P00002", "treated", "invitation", "modern", "ok"],
        ]
        assert table["first_arm_probability"].tolist() == [0.5, 0.5]
        assert not {"first_arm", "control_reaction", "treated_reaction"} & set(table)
        assert table.attrs["progress"].given_up == 1
        assert unpaired.oversight.verify().passed

    def test_second_coding(self, unpaired: Register) -> None:
        unpaired.people.add("cas", "coder")
        unpaired.sending.mark_sent("P00001", "control", FIRST)
        unpaired.replies.record("P00001", "control", "request", "2027-01-13", text="Wanneer kunt u beginnen?")
        (item,) = unpaired.coding.waiting(actor="cas")["item"]
        unpaired.coding.code(item, "negative", actor="cas")
        with pytest.raises(RegisterError, match="1 coded differently"):
            unpaired.oversight.export_pairs(as_of=AFTER)
        unpaired.people.add("dan", "coordinator")
        unpaired.coding.adjudicate(item, "negative", actor="dan")
        assert unpaired.oversight.export_pairs(as_of=AFTER)["reaction"].tolist() == ["negative"]

    def test_a_reserve_takes_its_place(self, unpaired: Register) -> None:
        unpaired.intake.import_vacancies(reserves(1))
        assert unpaired.sending.replace("P00002", "gone", FIRST) == "P00002-R1"
        unpaired.sending.mark_sent("P00002-R1", "treated", FIRST)
        unpaired.employers.block(pair_id="P00002-R1")
        assert unpaired.oversight.export_pairs(as_of=AFTER)["arm"].tolist() == ["treated"]
        assert unpaired.oversight.verify().passed

    def test_a_plan_with_second_days_is_no_unpaired_plan(self, make: Make) -> None:
        plan = a_single_plan()
        plan.pairs["send_second_on"] = pd.Timestamp("2027-01-12")
        with pytest.raises(RegisterError) as refused:
            make(plan.study).intake.import_plan(plan)
        assert {fault.column for fault in refused.value.faults} == {"send_second_on"}
        assert "the study is unpaired" in refused.value.faults[0].expected
