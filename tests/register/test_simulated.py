"""Simulated or specimen: a mark that travels from the file to the report, and that a real study takes in nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from corrtest import lab
from corrtest.analysis import analyse, pairs_table
from corrtest.design import amend_plan, make_plan, read_plan, write_plan
from corrtest.disclosure import policy_for, release
from corrtest.pages import html_page
from corrtest.register import Refusal, Register
from corrtest.report import build_document, employer_document, ethics_document
from corrtest.spec import Study, check_vacancies, read_study_text
from tests.register.conftest import AFTER, FIRST, Make, a_documents_folder, a_plan, a_study, ready, sent_rows


def vacancies(study: Study, *, simulated: bool) -> pd.DataFrame:
    made = lab.simulate_vacancies(study).head(400)
    return check_vacancies(made if simulated else made.drop(columns="simulated"), study)


class TestThePlan:
    @pytest.mark.parametrize(("of_study", "of_vacancies"), [(False, False), (False, True), (True, False)])
    def test_says_whether_the_study_or_a_vacancy_is_simulated(
        self, of_study: bool, of_vacancies: bool, tmp_path: Path
    ) -> None:
        study = a_study(simulated=of_study)
        plan = make_plan(study, vacancies(study, simulated=of_vacancies))
        kept = read_plan(write_plan(plan, tmp_path / "plan"))
        assert kept.manifest["simulated"] is (of_study or of_vacancies)
        assert kept.study.simulated is of_study

    def test_a_later_version_stays_what_the_earlier_one_was(self) -> None:
        study = a_study()
        plan = make_plan(study, vacancies(study, simulated=True))
        later = amend_plan(
            plan, vacancies(study, simulated=False), since=study.period.start, reason="the mark was taken out"
        )
        assert later.manifest["simulated"] is True


class TestARealStudy:
    def test_refuses_a_plan_on_simulated_vacancies(self, make: Make) -> None:
        study = a_study()
        plan = a_plan(study)
        plan.manifest["simulated"] = True
        with pytest.raises(Refusal, match="rests on simulated vacancies, and the study 'small' is a real one") as no:
            ready(make(study), plan)
        assert no.value.reason == "simulated"

    def test_refuses_simulated_reserves(self, register: Register) -> None:
        with pytest.raises(Refusal, match="The vacancies are simulated"):
            register.intake.import_vacancies(vacancies(register.study, simulated=True))
        assert register.intake.import_vacancies(vacancies(register.study, simulated=False))

    def test_refuses_specimens(self, register: Register, tmp_path: Path) -> None:
        folder = a_documents_folder(tmp_path / "documents")
        register.supervision.record_audit_of(folder)
        (folder / "manifest.json").write_text('{"specimen": true}')
        with pytest.raises(Refusal, match="documents are specimens"):
            register.supervision.record_audit_of(folder)

    def test_refuses_simulated_sendings_and_reactions_by_every_road(self, register: Register) -> None:
        log = pd.DataFrame([("P00002", "treated", "sent", FIRST)], columns=["pair_id", "arm", "event", "at"])
        roads: tuple[Callable[[], object], ...] = (
            lambda: register.sending.mark_sent("P00001", "control", FIRST, simulated=True),
            lambda: register.sending.import_sent(sent_rows(1), simulated=True),
            lambda: register.intake.import_events(log, simulated=True),
        )
        register.sending.mark_sent("P00003", "control", FIRST)
        for road in (
            *roads,
            lambda: register.replies.record("P00003", "control", "negative", "2027-01-13", simulated=True),
        ):
            with pytest.raises(Refusal) as no:
                road()
            assert no.value.reason == "simulated"
        assert not register.oversight.status().simulated


class TestASimulatedStudy:
    def test_marks_what_nobody_marked_from_the_register_to_the_report(
        self, simulated_register: Register, tmp_path: Path
    ) -> None:
        register = simulated_register
        folder = a_documents_folder(tmp_path / "documents")
        (folder / "manifest.json").write_text('{"specimen": true}')
        register.supervision.record_audit_of(folder)
        assert register.oversight.status().simulated, "before anything went out"
        register.sending.import_sent(sent_rows(4))
        register.replies.record("P00001", "control", "invitation", "2027-01-13")
        assert register.oversight.progress().simulated
        assert register.oversight.verify().passed
        pairs = register.oversight.export_pairs(as_of=AFTER)
        assert pairs["simulated"].all()
        results = analyse(pairs_table(pairs))
        assert results.simulated
        assert "SIMULATED" in html_page(build_document(release(results, policy_for(results)), "en"))

    def test_results_are_marked_though_the_table_lost_its_mark(self, simulated_register: Register) -> None:
        register = simulated_register
        register.sending.import_sent(sent_rows(4))
        bare = pairs_table(register.oversight.export_pairs(as_of=AFTER).drop(columns="simulated"))
        assert analyse(bare, study=register.study.description()).simulated
        assert analyse(bare, study=a_study().description(), plan={"simulated": True}).simulated
        assert not analyse(bare, study=a_study().description(), plan={"simulated": False}).simulated

    def test_letters_to_people_say_so(self) -> None:
        study = a_study(simulated=True)
        for page in (employer_document(study, "letter", "en"), ethics_document(study, "incident_letter", "en")):
            assert "SIMULATED" in html_page(page)
        assert "SIMULATED" not in html_page(employer_document(a_study(), "letter", "en"))

    def test_the_demo_is_one(self) -> None:
        study = lab.simulated_study("construction")
        assert study.simulated
        assert read_study_text(study.source, "study.toml").description()["simulated"] is True
        assert "simulated" not in a_study().description()
