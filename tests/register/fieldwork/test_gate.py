"""Nothing before approval, plan and audit; nothing while stopped, nothing outside the period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corrtest.errors import RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, LONG_AFTER, NOON, SECOND, Clock, Make, Reopen, a_plan, a_study, ready


def test_nothing_outside_the_approved_period(register: Register) -> None:
    with pytest.raises(Refusal, match="outside the approved period"):
        register.sending.mark_sent("P00001", "control", "2027-01-10T23:59")


class TestGate:
    def test_no_plan_without_approval(self, make: Make) -> None:
        study = a_study(approved=False)
        register = make(study)
        with pytest.raises(Refusal, match="ethics committee, who authorised the study"):
            register.intake.import_plan(a_plan(study))
        register.supervision.approve("EC 12", "the board", date(2026, 12, 1))
        assert register.intake.import_plan(a_plan(study)) == 4

    def test_nothing_sent_without_audit(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        with pytest.raises(Refusal, match="no plan on record"):
            register.sending.mark_sent("P00001", "control", FIRST)
        register.intake.import_plan(a_plan(study))
        with pytest.raises(Refusal, match="equivalence audit"):
            register.sending.mark_sent("P00001", "control", FIRST)

    def test_what_waits_for_what_is_named_in_order(self, make: Make) -> None:
        study = a_study(approved=False)
        register = make(study)

        def waits_for() -> list[str]:
            return [hurdle.command for hurdle in register.oversight.status().waits_for]

        approve, plan, audit = (
            "corrtest register approve",
            "corrtest register import",
            "corrtest register approve --documents DIR",
        )
        assert waits_for() == [approve, plan, audit]
        with pytest.raises(Refusal):
            register.intake.import_plan(a_plan(study))
        register.supervision.approve("EC 12", "the board", date(2026, 12, 1))
        assert waits_for() == [plan, audit]
        with pytest.raises(Refusal):
            register.supervision.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
        register.intake.import_plan(a_plan(study))
        assert waits_for() == [audit]
        with pytest.raises(Refusal):
            register.sending.claim("P00001", "control", FIRST)
        register.supervision.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
        assert waits_for() == []
        register.supervision.stop("a complaint")
        (hurdle,) = register.oversight.status().waits_for
        assert hurdle.what == "the end of the stop: a complaint"

    @pytest.mark.parametrize(("pairs", "failures"), [(3, 0), (4, 1)])
    def test_an_audit_that_did_not_pass(self, make: Make, pairs: int, failures: int) -> None:
        study = a_study()
        register = make(study)
        register.intake.import_plan(a_plan(study))
        with pytest.raises(Refusal, match="Every pair must pass"):
            register.supervision.record_audit(pairs=pairs, failures=failures, manifest_sha256="0" * 64)

    def test_the_audit_of_a_documents_folder(self, make: Make, tmp_path: Path) -> None:
        study = a_study(pairs=2)
        register = make(study)
        register.intake.import_plan(a_plan(study, 2))
        with pytest.raises(RegisterError, match=r"manifest.json cannot be read"):
            register.supervision.record_audit_of(tmp_path)
        (tmp_path / "manifest.json").write_text("{}")
        (tmp_path / "audit.csv").write_text("pair_id,check,passed\nP00001,text,True\nP00002,text,False\n")
        with pytest.raises(Refusal, match=r"2 pair\(s\) with 1 failure"):
            register.supervision.record_audit_of(tmp_path)
        (tmp_path / "audit.csv").write_text("pair_id,check,passed\nP00001,text,True\nP00002,text,True\n")
        register.supervision.record_audit_of(tmp_path)
        register.sending.mark_sent("P00001", "control", FIRST)

    def test_a_second_plan_is_refused(self, register: Register) -> None:
        with pytest.raises(Refusal, match="has a plan already"):
            register.intake.import_plan(a_plan(register.study))

    def test_the_plan_of_another_study(self, make: Make) -> None:
        register = make(a_study())
        with pytest.raises(Refusal, match="another text of the study"):
            register.intake.import_plan(a_plan(a_study(total=9)))


class TestStop:
    @pytest.mark.parametrize("sector", [None, "construction"])
    def test_a_stop_holds_from_the_next_claim_on(
        self, make: Make, reopen: Reopen, clock: Clock, sector: str | None
    ) -> None:
        clock.at = NOON
        register, elsewhere = ready(make(a_study()), a_plan(a_study())), reopen()
        elsewhere.sending.mark_sent("P00001", "control", FIRST)
        register.supervision.stop("complaint", sector=sector)
        with pytest.raises(Refusal, match="is stopped: complaint"):
            elsewhere.sending.claim_next(SECOND)
        with pytest.raises(Refusal, match="is stopped: complaint"):
            elsewhere.sending.mark_sent("P00002", "treated", SECOND)
        clock.at = LONG_AFTER
        elsewhere.replies.record("P00001", "control", "negative", SECOND)  # what comes in is never lost
        with pytest.raises(RegisterError, match="stopped already"):
            register.supervision.stop("again", sector=sector)
        register.supervision.resume(sector=sector)
        elsewhere.sending.mark_sent("P00002", "treated", SECOND)
        with pytest.raises(RegisterError, match="is not stopped"):
            register.supervision.resume(sector=sector)
        assert register.oversight.verify().passed

    def test_another_sector_goes_on(self, register: Register) -> None:
        register.supervision.stop("complaint", sector="hairdressing")
        register.sending.mark_sent("P00001", "control", FIRST)
