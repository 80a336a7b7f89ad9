"""Later versions of a plan."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from corrtest.design import amend_plan, make_plan, read_plan, write_plan
from corrtest.register import Refusal, Register
from corrtest.spec import check_vacancies
from tests.register.conftest import FIRST, NOON, SECOND, Clock, Make, SmallPlan, a_plan, a_study, events

# Enterprise numbers: eight digits and 97 less their remainder.
NUMBERS = [f"{stem:08d}{97 - stem % 97:02d}" for stem in range(4_000_000, 4_000_008)]


def amended(plan: SmallPlan, taken_out: tuple[str, ...] = (), pairs: int = 6, version: int = 2) -> SmallPlan:
    """The plan without some pairs and with others from further employers, as the planner writes it down."""
    wide = a_plan(plan.study, pairs).pairs
    kept = wide[~wide["pair_id"].isin(taken_out)].reset_index(drop=True)
    record = {"reason": "the vacancies are gone", "since": "2027-01-12", "withdrawn": list(taken_out)}
    return SmallPlan(plan.study, kept, {**plan.manifest, "version": version, "amendments": [record]})


def test_pairs_are_added_and_taken_out(register: Register) -> None:
    plan = a_plan(register.study)
    register.sending.mark_sent("P00001", "control", FIRST)
    register.sending.claim("P00002", "treated", FIRST)
    found = register.intake.amend_plan(amended(plan, ("P00004",)))
    assert (found.version, found.added, found.taken_out) == (2, 2, 1)
    assert register.intake.plan_version == 2
    with pytest.raises(Refusal, match="No passed equivalence audit"):
        register.sending.mark_sent("P00002", "treated", FIRST)
    register.supervision.record_audit(pairs=5, failures=0, manifest_sha256="1" * 64)
    register.sending.mark_sent("P00002", "treated", FIRST)
    register.sending.mark_sent("P00001", "treated", SECOND)
    register.sending.mark_sent("P00005", "control", FIRST)
    with pytest.raises(Refusal, match="skipped cannot be sent"):
        register.sending.mark_sent("P00004", "treated", FIRST)
    assert "taken out of the plan: the vacancies are gone" in events(register, "skipped")[0]
    assert register.oversight.verify().passed
    with pytest.raises(Refusal, match="has version 2 of its plan on record"):
        register.intake.amend_plan(amended(plan))


def test_what_was_sent_or_is_claimed_stays(register: Register, clock: Clock) -> None:
    clock.at = NOON
    plan = a_plan(register.study)
    register.sending.mark_sent("P00001", "control", FIRST)
    register.sending.claim("P00002", "treated", FIRST, hours=100)
    before = len(register.oversight.audit_trail())
    with pytest.raises(Refusal, match="contradicts what the register has") as refused:
        register.intake.amend_plan(amended(plan, ("P00001", "P00002", "P00003")))
    assert [fault.key for fault in refused.value.faults] == ["pair P00001", "pair P00002"]
    assert "was sent on 2027-01-11" in refused.value.faults[0].expected
    assert "coordinator has claimed it" in refused.value.faults[1].expected
    assert register.oversight.audit_trail()["kind"].tolist()[before:] == ["refused"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("first_arm", "treated"), ("send_first_on", pd.Timestamp("2027-01-13")), ("vacancy_id", "V9"), ("weight", 2.0)],
)
def test_a_pair_that_the_next_version_changes(register: Register, column: str, value: object) -> None:
    plan = amended(a_plan(register.study))
    plan.pairs.loc[0, column] = value
    plan.pairs["send_second_on"] = plan.pairs["send_first_on"] + pd.Timedelta(days=1)
    with pytest.raises(Refusal) as refused:
        register.intake.amend_plan(plan)
    assert column in {fault.column for fault in refused.value.faults}
    assert all(fault.row == 1 for fault in refused.value.faults)
    assert "V9" not in refused.value.text()


def test_no_first_version(make: Make) -> None:
    study = a_study()
    with pytest.raises(Refusal, match="no plan on record yet"):
        make(study).intake.amend_plan(amended(a_plan(study)))


def test_the_planner_s_own_amendment(make: Make, tmp_path: Path) -> None:
    """Plan, send, amend over what the register has sent, and take the amendment in."""
    study = a_study(pairs=3)
    vacancies = pd.DataFrame(
        [
            {
                "vacancy_id": f"V{n:03d}",
                "employer_id": NUMBERS[n],
                "joint_committee": "124",
                "occupation": "mason",
                "postal_code": "2000",
                "opens": "2027-01-11",
                "closes": "2027-03-26",
                "channel": "email",
                "address": f"jobs@e{n}.example",
            }
            for n in range(8)
        ]
    )
    checked = check_vacancies(vacancies, study)
    plan = make_plan(study, checked.iloc[:2], allow_shortfall=True)
    write_plan(plan, tmp_path / "v1")
    register = make(study)
    register.intake.import_plan(tmp_path / "v1")
    register.supervision.record_audit(pairs=2, failures=0, manifest_sha256="0" * 64)
    first = plan.pairs.iloc[0]
    register.sending.mark_sent(
        str(first["pair_id"]), str(first["first_arm"]), f"{first['send_first_on']:%Y-%m-%d}T09:00"
    )
    assert register.employers.approached(amending=True).empty
    assert register.employers.approached()["basis"].tolist().count("sent") == 1
    later = amend_plan(
        read_plan(tmp_path / "v1"),
        checked.iloc[1:],
        since=date(2027, 2, 15),
        reason="more vacancies",
        already_sent=register.employers.approached(amending=True),
    )
    write_plan(later, tmp_path / "v2")
    found = register.intake.amend_plan(tmp_path / "v2")
    assert (found.version, found.added, found.taken_out) == (2, 1, 0)
    assert register.oversight.verify().passed
