"""Claims, work lists, what goes wrong in the field, and employers who turn out to be one or ask to be left alone."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import Make, Reopen, a_plan, a_study, events, ready

MORNING = "2027-01-11T09:00"
NEXT = "2027-01-12T09:00"


def reserves(count: int, first_number: int = 500_000_000, **columns: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "vacancy_id": [f"R{n:04d}" for n in range(count)],
            "employer_id": [f"{first_number + n:010d}" for n in range(count)],
            "joint_committee": "124",
            "occupation": "mason",
            "province": "Antwerpen",
            "postal_code": "2000",
            "opens": pd.Timestamp("2027-01-01"),
            "closes": pd.Timestamp("2027-06-30"),
            "channel": "email",
            "address": [f"hr@reserve{first_number + n}.example" for n in range(count)],
        }
    )
    return table.assign(**columns)


class TestClaims:
    def test_two_people_never_get_the_same_item(self, register: Register) -> None:
        for name in ("ann", "bob"):
            register.people.add(name, "partner", partner=name)
        first = register.sending.claim_next(MORNING, count=3, actor="ann")
        second = register.sending.claim_next(MORNING, count=3, actor="bob")
        assert first["pair_id"].tolist() == ["P00001", "P00002", "P00003"]
        assert second["pair_id"].tolist() == ["P00004"]
        with pytest.raises(Refusal, match="claimed by ann until"):
            register.sending.claim("P00001", "control", MORNING, actor="bob")
        with pytest.raises(Refusal, match="claimed by ann"):
            register.sending.mark_sent("P00001", "control", "2027-01-11T10:00", actor="bob")

    def test_a_claim_expires(self, register: Register) -> None:
        register.people.add("bob", "partner", partner="b")
        register.sending.claim("P00001", "control", MORNING, hours=2)
        assert "P00001" not in set(register.sending.worklist("2027-01-11T10:59", actor="bob")["pair_id"])
        assert "P00001" in set(register.sending.worklist("2027-01-11T11:00", actor="bob")["pair_id"])
        claimed = register.sending.claim_next("2027-01-11T11:00", count=9, actor="bob")
        assert "P00001" in set(claimed["pair_id"])
        with pytest.raises(Refusal, match="claimed by bob"):
            register.sending.mark_sent("P00001", "control", "2027-01-11T11:30")

    def test_an_expired_claim_may_still_be_sent_by_its_owner(self, register: Register) -> None:
        register.sending.claim("P00001", "control", MORNING, hours=1)
        register.sending.mark_sent("P00001", "control", "2027-01-11T15:00")
        assert len(events(register, "claimed")) == 2

    def test_released_is_free_again(self, register: Register) -> None:
        register.people.add("bob", "partner", partner="b")
        register.sending.claim("P00001", "control", MORNING)
        with pytest.raises(Refusal, match="claimed by coordinator"):
            register.sending.release("P00001", "control", MORNING, actor="bob")
        register.sending.release("P00001", "control", MORNING)
        register.sending.claim("P00001", "control", MORNING, actor="bob")

    @pytest.mark.parametrize("hours", [0, -1, float("nan"), 1e6])
    def test_impossible_hours(self, register: Register, hours: float) -> None:
        with pytest.raises(InputError, match="not possible"):
            register.sending.claim("P00001", "control", MORNING, hours=hours)

    def test_a_claim_weighs_on_the_cap_until_it_runs_out(self, make: Make) -> None:
        study = a_study()
        plan = a_plan(study, 2, employers=1, starts=lambda n: date(2027, 1, 11) + timedelta(days=56 * n))
        register = ready(make(study), plan)
        register.sending.claim("P00001", "control", MORNING, hours=2)
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


class TestWorklist:
    def test_in_order_and_only_what_may_go(self, register: Register) -> None:
        assert register.sending.worklist("2027-01-10").empty
        today = register.sending.worklist(MORNING)
        assert today["pair_id"].tolist() == ["P00001", "P00002", "P00003", "P00004"]
        assert today["arm"].tolist() == ["control", "treated", "control", "treated"]
        assert today["address"].tolist()[0] == "jobs@firm400000000.example"
        register.sending.mark_sent("P00001", "control", MORNING)
        assert "P00001" not in set(register.sending.worklist("2027-01-11T23:59")["pair_id"])
        tomorrow = register.sending.worklist("2027-01-12T00:00")
        assert tomorrow[["pair_id", "arm", "overdue_days"]].values.tolist() == [
            ["P00002", "treated", 1],
            ["P00003", "control", 1],
            ["P00004", "treated", 1],
            ["P00001", "treated", 0],
        ]

    def test_without_keys_no_identity(self, register: Register) -> None:
        register.session.keys = None
        assert "address" not in register.sending.worklist(MORNING)

    def test_a_partner_s_list_is_its_own(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        register.intake.import_plan(a_plan(study), partners={"P00001": "north", "P00002": "south"})
        register.supervision.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
        register.people.add("nora", "partner", partner="north")
        assert register.sending.worklist(MORNING, actor="nora")["pair_id"].tolist() == ["P00001", "P00003", "P00004"]
        assert register.sending.claim_next(MORNING, actor="nora")["pair_id"].tolist() == ["P00001", "P00003", "P00004"]

    def test_a_coder_sees_no_employer(self, register: Register) -> None:
        register.people.add("cas", "coder")
        with pytest.raises(Refusal, match="role coder"):
            register.sending.worklist(MORNING, actor="cas")
        assert events(register, "refused") == ['{"action":"worklist","reason":"role"}']

    def test_positive_reactions_wait_for_withdrawal(self, register: Register) -> None:
        register.sending.mark_sent("P00001", "control", MORNING)
        register.replies.record("P00001", "control", "invitation", "2027-01-13T10:00")
        waiting = register.replies.awaiting_withdrawal("2027-01-14T10:00")
        assert waiting[["pair_id", "late"]].values.tolist() == [["P00001", False]]
        assert register.replies.awaiting_withdrawal("2027-01-14T10:01")["late"].tolist() == [True]
        register.replies.withdraw("P00001", "control", "2027-01-14T11:00")
        assert register.replies.awaiting_withdrawal("2027-01-14T12:00").empty


class TestEnds:
    def test_closing_after_the_window(self, register: Register) -> None:
        for pair, arm in (("P00001", "control"), ("P00002", "treated"), ("P00003", "control")):
            register.sending.mark_sent(pair, arm, MORNING)
        register.replies.record("P00001", "control", "invitation", "2027-01-13")
        register.replies.record("P00002", "treated", "negative", "2027-01-13")
        assert register.replies.close_applications("2027-02-10T08:59") == 0
        assert register.replies.close_applications("2027-02-10T09:00") == 2
        register.replies.withdraw("P00001", "control", "2027-02-11")
        assert register.replies.close_applications("2027-02-12") == 1
        with pytest.raises(Refusal, match="closed cannot be given a reaction"):
            register.replies.record("P00002", "treated", "invitation", "2027-02-12")

    def test_a_failure_takes_the_pair_with_it(self, register: Register) -> None:
        register.sending.claim("P00001", "control", MORNING)
        register.sending.fail("P00001", "control", "the form is gone", MORNING)
        assert events(register, "skipped") == [
            '{"at":"2027-01-11T09:00:00.000Z","reason":"the control application was failed"}'
        ]
        for pair in ("P00002", "P00003", "P00004"):
            register.sending.skip(pair, "control", "closed down", MORNING)
        with pytest.raises(RegisterError, match="4 given up"):
            register.oversight.export_pairs(as_of="2027-06-01")

    def test_a_reason_is_needed(self, register: Register) -> None:
        with pytest.raises(InputError, match="A reason is needed"):
            register.sending.skip("P00001", "control", "  ", MORNING)

    def test_a_failure_before_sending_frees_the_cap(self, make: Make) -> None:
        study = a_study()
        plan = a_plan(study, 2, employers=1, starts=lambda n: date(2027, 1, 11) + timedelta(days=56 * n))
        register = ready(make(study), plan)
        register.sending.claim("P00001", "control", MORNING)
        register.sending.fail("P00001", "control", "the form is gone", MORNING)
        register.sending.claim("P00002", "treated", MORNING)


class TestReserves:
    def test_the_next_reserve_of_the_same_stratum(self, register: Register) -> None:
        table = reserves(3)
        table.loc[0, "occupation"] = "roofer"
        assert register.intake.import_vacancies(table) == 3
        assert register.intake.import_vacancies(table) == 0
        number = register.sending.replace("P00001", "vacancy withdrawn", MORNING)
        assert number == "P00001-R1"
        work = register.sending.worklist(MORNING)
        new = work[work["pair_id"] == number]
        assert new[["vacancy_id", "arm", "documents"]].values.tolist() == [["R0001", "control", "P00001"]]
        assert "P00001" not in set(work["pair_id"])
        register.sending.mark_sent(number, "control", MORNING)
        register.sending.mark_sent(number, "treated", NEXT)
        assert register.oversight.export_pairs(as_of="2027-06-01")["pair_id"].tolist() == [number]
        assert register.oversight.verify().passed

    def test_a_reserve_of_an_employer_at_its_cap_is_passed_over(self, register: Register) -> None:
        table = reserves(2)
        table.loc[0, "employer_id"] = "0400000001"  # P00002's employer
        table.loc[0, "address"] = "jobs@firm400000001.example"
        register.intake.import_vacancies(table)
        register.sending.mark_sent("P00002", "treated", MORNING)
        register.sending.replace("P00001", "gone", MORNING)
        work = register.sending.worklist(MORNING)
        assert work.loc[work["pair_id"] == "P00001-R1", "vacancy_id"].tolist() == ["R0001"]
        assert register.oversight.verify().passed

    def test_no_reserve_left(self, register: Register) -> None:
        with pytest.raises(Refusal, match="no reserve of its stratum is left"):
            register.sending.replace("P00001", "gone", MORNING)
        register.sending.mark_sent("P00001", "control", MORNING)  # nothing of the refused replacement stayed

    def test_not_once_something_is_sent(self, register: Register) -> None:
        register.intake.import_vacancies(reserves(1))
        register.sending.mark_sent("P00001", "control", MORNING)
        with pytest.raises(Refusal, match="sent cannot be replaced"):
            register.sending.replace("P00001", "gone", MORNING)


class TestAliases:
    @pytest.mark.parametrize(
        ("column", "one", "other"),
        [
            ("address", "jobs@Firm400000000.example", None),
            ("telephone", "+32 3 123 45 67", "03/123.45.67"),
            ("establishment_address", "Kerkstraat 12 bus 3, 2000 Antwerpen", "KERKSTR. 12/3 2000 ANTWERPEN"),
        ],
    )
    def test_a_match_blocks_until_a_person_decides(
        self, register: Register, column: str, one: str, other: str | None
    ) -> None:
        known = reserves(1, 400_000_000, address="jobs@firm400000000.example")
        register.intake.import_vacancies(known.assign(**{column: one}) if other else known)
        register.intake.import_vacancies(
            reserves(1, vacancy_id="R9", address="x@y.example").assign(**{column: other or one})
        )
        with pytest.raises(Refusal, match="shares an e-mail domain, telephone or address") as refused:
            register.sending.mark_sent("P00001", "control", MORNING)
        assert refused.value.reason == "alias_undecided"
        assert "P00001" not in set(register.sending.claim_next(MORNING, count=9)["pair_id"])
        match = register.employers.alias_matches()
        assert match[["first_employer", "second_employer"]].values.tolist() == [["0400000000", "0500000000"]]
        register.employers.decide_alias(int(match["first"][0]), int(match["second"][0]), same=False)
        assert register.employers.alias_matches().empty
        register.sending.mark_sent("P00001", "control", MORNING)

    def test_one_firm_has_one_cap(self, make: Make) -> None:
        study = a_study(pairs=2)
        plan = a_plan(study, 2, address=["a@one.example"])
        register = ready(make(study), plan)
        match = register.employers.alias_matches()
        register.employers.decide_alias(int(match["first"][0]), int(match["second"][0]), same=True)
        register.sending.mark_sent("P00001", "control", MORNING)
        with pytest.raises(Refusal, match="in any 56 days"):
            register.sending.mark_sent("P00002", "treated", MORNING)
        assert register.oversight.verify().passed

    def test_shared_mail_says_nothing(self, make: Make) -> None:
        study = a_study(pairs=2)
        register = ready(make(study), a_plan(study, 2, address=["a@gmail.com", "b@gmail.com"]))
        assert register.employers.alias_matches().empty
        register.sending.mark_sent("P00001", "control", MORNING)

    def test_nothing_to_decide(self, register: Register) -> None:
        with pytest.raises(RegisterError, match="do not wait for a decision"):
            register.employers.decide_alias(1, 2, same=True)


class TestBlocks:
    def test_blocked_for_good_in_every_study(self, make: Make, reopen: Reopen) -> None:
        first, second = a_study("first"), a_study("second")
        register = ready(make(first), a_plan(first))
        register.employers.block(pair_id="P00001")
        register.employers.block(employer_id="0400000001")
        register.employers.block(employer_id="0999999999")
        for pair, arm in (("P00001", "control"), ("P00002", "treated")):
            with pytest.raises(Refusal, match="left alone"):
                register.sending.mark_sent(pair, arm, MORNING)
        assert register.sending.claim_next(MORNING, count=9)["pair_id"].tolist() == ["P00003", "P00004"]
        register.supervision.add_study(second)
        other = ready(reopen(study="second"), a_plan(second, first_number=400_000_000))
        with pytest.raises(Refusal, match="left alone"):
            other.sending.mark_sent("P00001", "control", MORNING)

    def test_a_number_blocked_before_it_is_planned(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        register.employers.block(employer_id="0400000000")
        ready(register, a_plan(study))
        with pytest.raises(Refusal, match="left alone"):
            register.sending.mark_sent("P00001", "control", MORNING)

    def test_one_name_is_needed(self, register: Register) -> None:
        with pytest.raises(InputError, match="one of the two"):
            register.employers.block()


class TestStop:
    @pytest.mark.parametrize("sector", [None, "construction"])
    def test_a_stop_holds_from_the_next_claim_on(self, register: Register, reopen: Reopen, sector: str | None) -> None:
        elsewhere = reopen()
        elsewhere.sending.mark_sent("P00001", "control", MORNING)
        register.supervision.stop("complaint", sector=sector)
        with pytest.raises(Refusal, match="is stopped: complaint"):
            elsewhere.sending.claim_next(NEXT)
        with pytest.raises(Refusal, match="is stopped: complaint"):
            elsewhere.sending.mark_sent("P00002", "treated", NEXT)
        elsewhere.replies.record("P00001", "control", "negative", NEXT)  # what comes in is never lost
        with pytest.raises(RegisterError, match="stopped already"):
            register.supervision.stop("again", sector=sector)
        register.supervision.resume(sector=sector)
        elsewhere.sending.mark_sent("P00002", "treated", NEXT)
        with pytest.raises(RegisterError, match="is not stopped"):
            register.supervision.resume(sector=sector)
        assert register.oversight.verify().passed

    def test_another_sector_goes_on(self, register: Register) -> None:
        register.supervision.stop("complaint", sector="hairdressing")
        register.sending.mark_sent("P00001", "control", MORNING)


class TestWhatASessionRemembers:
    """A session that has worked alone acts on what it remembers; another one may have written since."""

    @pytest.fixture
    def elsewhere(self, register: Register, reopen: Reopen) -> Register:
        other = reopen()
        for pair, arm in (("P00001", "control"), ("P00002", "treated")):
            other.sending.mark_sent(pair, arm, MORNING)
        return other

    def test_another_s_claim_is_seen(self, register: Register, elsewhere: Register) -> None:
        register.people.add("ann", "partner", partner="a")
        elsewhere.sending.claim("P00003", "control", MORNING)
        elsewhere.sending.release("P00003", "control", MORNING)
        register.sending.claim("P00003", "control", MORNING, actor="ann")
        with pytest.raises(Refusal, match="claimed by ann until"):
            elsewhere.sending.claim("P00003", "control", MORNING)
        register.sending.release("P00003", "control", MORNING, actor="ann")
        elsewhere.sending.claim("P00003", "control", MORNING)
        assert register.oversight.verify().passed

    def test_work_goes_on_in_turn(self, register: Register, elsewhere: Register) -> None:
        for word in ("automatic", "request", "negative", "other_positive"):
            for each in (elsewhere, register):
                each.replies.record("P00001", "control", word, NEXT)
                each.replies.record("P00002", "treated", word, NEXT)
        assert len(events(register, "reaction")) == 16
        assert register.oversight.verify().passed

    def test_what_was_forbidden_is_asked_again(self, register: Register, elsewhere: Register) -> None:
        register.supervision.stop("complaint")
        with pytest.raises(Refusal, match="is stopped"):
            elsewhere.sending.claim("P00003", "control", MORNING)
        elsewhere.replies.record("P00001", "control", "automatic", NEXT)
        elsewhere.replies.record("P00001", "control", "negative", NEXT)
        register.supervision.resume()
        elsewhere.sending.claim("P00003", "control", MORNING)

    def test_a_refusal_is_recorded_once(self, register: Register, elsewhere: Register) -> None:
        with pytest.raises(Refusal, match="has not been sent"):
            elsewhere.sending.mark_sent("P00003", "treated", MORNING)
        assert events(register, "refused") == ['{"action":"send","reason":"not_due"}']
