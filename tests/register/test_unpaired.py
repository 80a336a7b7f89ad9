"""One application a vacancy through its whole life, lags drawn per pair, and what the export says of odd answers."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import Make, SmallPlan, a_plan, a_study, ready
from tests.register.test_fieldwork import reserves
from tests.register.test_register import AFTER, FIRST, SECOND, sent_rows


def a_single_plan(pairs: int = 4) -> SmallPlan:
    plan = a_plan(a_study(unpaired=True), pairs)
    plan.pairs["send_second_on"] = pd.NaT
    for arm, other in (("control", "treated"), ("treated", "control")):
        plan.pairs.loc[plan.pairs["first_arm"] == arm, f"{other}_template"] = ""
    return plan


@pytest.fixture
def unpaired(make: Make) -> Register:
    plan = a_single_plan()
    return ready(make(plan.study), plan)


class TestUnpaired:
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
        table = unpaired.oversight.export_pairs(as_of=AFTER)
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
        unpaired.replies.record("P00001", "control", "request", "2027-01-13")
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


def test_what_went_wrong_is_in_the_export(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    register.replies.record("P00001", "control", "invitation", date(2027, 2, 20))
    register.replies.record("P00002", "control", "negative", date(2027, 1, 20))
    register.replies.record("P00002", "control", "automatic", date(2027, 2, 20))
    register.sending.fail("P00003", "control", "mail came back", date(2027, 1, 13))
    register.sending.fail("P00004", "treated", "no longer hiring", date(2027, 1, 13), cause="vacancy_withdrawn")
    table = register.oversight.export_pairs(as_of=AFTER)
    assert table["status"].tolist() == ["late_answer", "ok", "bounced", "vacancy_withdrawn"]
    assert table["control_reaction"].tolist() == ["none", "negative", "none", "none"]
    assert register.oversight.verify().passed


class TestLogs:
    LOG = (
        ("P00001", "control", "claimed", FIRST, "", ""),
        ("P00001", "control", "sent", FIRST, "", ""),
        ("P00001", "control", "reaction", "2027-01-13T10:00", "invitation", ""),
        ("P00001", "control", "withdrawn", "2027-01-13T12:00", "", ""),
        ("P00002", "treated", "sent", FIRST, "", ""),
        ("P00002", "treated", "failed", "2027-01-12", "", "mail came back"),
        ("P00003", "control", "skipped", FIRST, "", "closed down"),
    )

    def log(self) -> pd.DataFrame:
        return pd.DataFrame(self.LOG, columns=["pair_id", "arm", "event", "at", "reaction", "reason"])

    def test_a_whole_log_once(self, register: Register) -> None:
        assert register.intake.import_events(self.log().iloc[::-1]) == 7
        assert register.intake.import_events(self.log()) == 0
        strata = register.oversight.status().strata
        assert strata[["planned", "sent", "withdrawn", "failed", "skipped"]].values.tolist() == [[3, 0, 1, 1, 3]]
        assert register.oversight.verify().passed

    def test_every_bad_cell_is_named_and_nothing_taken_in(self, register: Register) -> None:
        log = self.log()
        log.loc[2, "reaction"] = ""
        log.loc[4, "event"] = "posted"
        log.loc[5, "reason"] = ""
        log.loc[6, "at"] = "soon"
        before = len(register.oversight.audit_trail())
        with pytest.raises(InputError) as refused:
            register.intake.import_events(log)
        assert [(fault.row, fault.column) for fault in refused.value.faults] == [
            (4, "reaction"),
            (6, "event"),
            (7, "reason"),
            (8, "at"),
        ]
        assert all(fault.expected and fault.action for fault in refused.value.faults)
        assert len(register.oversight.audit_trail()) == before

    def test_a_move_that_the_register_forbids(self, register: Register) -> None:
        log = self.log().iloc[2:]
        with pytest.raises(Refusal, match="refuses 2 of 5 rows"):
            register.intake.import_events(log)


class TestTokens:
    def test_a_name_needs_its_token(self, register: Register) -> None:
        register.people.add("nora", "partner", partner="north")
        token = register.people.give_token("nora")
        with pytest.raises(Refusal, match="nora has a token, and none was given") as refused:
            register.sending.claim("P00001", "control", FIRST, actor="nora")
        assert refused.value.reason == "token"
        register.session.token = "guessed"
        with pytest.raises(Refusal, match="another was given"):
            register.sending.worklist(FIRST, actor="nora")
        register.session.token = token
        register.sending.claim("P00001", "control", FIRST, actor="nora")
        register.session.token = None
        register.sending.mark_sent("P00002", "treated", FIRST)  # who has none is taken on trust
        assert register.oversight.verify().passed
        assert token not in str(register.oversight.audit_trail().values.tolist())

    def test_the_coordinator_s_own(self, register: Register) -> None:
        register.people.give_token("coordinator")
        register.sending.mark_sent("P00001", "control", FIRST)
        register.session.token = None
        with pytest.raises(Refusal, match="none was given"):
            register.people.add("eve", "coordinator")

    def test_a_token_exchanged_in_the_table_is_found(self, register: Register) -> None:
        register.people.give_token("coordinator")
        with register.session.store.writing() as connection:
            connection.exec_driver_sql("UPDATE actor SET token_sha256 = NULL")
        register.session.token = None
        assert "The people in the register" in register.oversight.verify().problems[0]
