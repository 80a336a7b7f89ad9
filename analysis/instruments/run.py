"""Each sector from `corrtest new` to a report in its own instrument, with simulated answers.

python analysis/instruments/run.py [--pairs N] [SECTOR ...]; without sectors, all 37. The steps are those of
the verbs, by the public functions of the rooms. Documents and their audit take most of the time: --pairs asks for so
many pairs at most of each joint committee and criterion. A sector's row replaces its earlier one in --out, so the
sectors may be run in several goes.
"""

from __future__ import annotations

import argparse
import csv
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from corrtest import lab
from corrtest.analysis import Results, analyse, analyse_shares, read_answers, read_pairs
from corrtest.design import Plan, make_plan, plan_calls, read_documents_key, read_plan, write_plan
from corrtest.disclosure import default_policy, release, release_questionnaire
from corrtest.errors import CorrtestError
from corrtest.generator import render_client_calls, render_plan
from corrtest.questionnaires import (
    analyse_risks,
    analyse_survey,
    matched,
    read_form_answers,
    study_form,
    xlsform,
)
from corrtest.report import write_questionnaire_report, write_report
from corrtest.resources import designs_folder
from corrtest.spec import (
    Study,
    StudyFolder,
    close_to_others,
    make_key,
    make_study_folder,
    read_fieldwork_account,
    read_firms,
    read_study,
    read_vacancies,
)

_QUOTAS = re.compile(r"^pairs = \{.*?\}", flags=re.MULTILINE)
# Who answers a survey, and who a risk analysis.
RESPONDENTS, ANSWERERS = 300, 45
RESULTS = Path(__file__).parent / "results" / "sectors.csv"
# All sectors together, and the second study of one.
NOT_A_SECTOR = {"national", "temporary_agency_work_calls"}
COLUMNS = ["sector", "instrument", "tests", "cells", "shown", "seconds", "came_to"]


def planned(study: Study, folder: StudyFolder) -> Plan:
    """Return the frozen plan: of pairs, or of calls."""
    key = lab.simulated_key(study, "plan")
    if study.client_calls is not None:
        lab.simulate_firms(study).to_csv(close_to_others(folder.frame / "firms.csv"), index=False)
        made = plan_calls(study, read_firms(folder.frame, study), allow_shortfall=True, key=key)
    else:
        lab.simulate_vacancies(study).to_csv(close_to_others(folder.vacancies / "vacancies.csv"), index=False)
        made = make_plan(study, read_vacancies(folder.vacancies, study), allow_shortfall=True, key=key)
    return read_plan(write_plan(made, folder.next_plan))


def smaller(text: str, most: int) -> str:
    """Return a study file that asks for `most` pairs at most of each joint committee and criterion."""

    def lowered(found: re.Match[str]) -> str:
        return re.sub(r"= *(\d+)", lambda number: f"= {min(int(number[1]), most)}", found[0].split("=", 1)[1])

    return _QUOTAS.sub(lambda found: "pairs =" + lowered(found), text)


def documents(plan: Plan, folder: StudyFolder) -> None:
    """Write call sheets, or the documents of candidates with their audit."""
    if plan.study.client_calls is not None:
        render_client_calls(plan, folder.documents, ("html",))
        return
    made = render_plan(plan, folder.documents, key=read_documents_key(plan, folder.plan), formats=("txt",), workers=1)
    assert not made.failures, made.failures


def results_of(plan: Plan, folder: StudyFolder) -> Results:
    """Return the analysis of what the register exported."""
    known: dict[str, Any] = {
        "study": plan.study.description(),
        "outcomes": plan.study.outcomes.as_mapping(),
        "plan": plan.manifest,
        "fieldwork": read_fieldwork_account(folder.fieldwork_account),
        "confidence_level": plan.study.analysis.confidence_level,
        "simulated": True,
    }
    if plan.study.client_calls is None:
        return analyse(read_pairs(folder.pairs), shortfalls=plan.shortfalls, **known)
    return analyse_shares(read_answers(folder.pairs), population=plan.manifest["frame"], **known)


def asked(study: Study, folder: StudyFolder) -> dict[str, object]:
    """Run a survey or risk analysis from its form to its report; return how many answered, what is shown, and so on."""
    exported = folder.questionnaire / "export.csv"
    exported.parent.mkdir(exist_ok=True)
    if study.instrument == "survey":
        lab.simulate_survey_answers(study, RESPONDENTS, study.seed).to_csv(exported, index=False)
    else:
        lab.simulate_risk_answers(study, ANSWERERS, study.seed).to_csv(exported, index=False)
    form = study_form(study)
    xlsform(form)
    answers = read_form_answers(exported, form)
    if study.instrument == "survey":
        answers = matched(answers, None, exported.name)
        results = analyse_survey(study, answers, None, None)
    else:
        results = analyse_risks(study, answers)
    released = release_questionnaire(results, None)
    files = write_questionnaire_report(released, folder.report, ("nl",), ("html",))
    came_to = "report" if all(path.stat().st_size for path in files) else "empty report"
    return {"tests": len(answers), "cells": len(results.figures), "shown": len(released.figures), "came_to": came_to}


def run(sector: str, root: Path, *, most: int) -> dict[str, object]:
    """Run one sector to its report; the row says its size and time, or why it stopped."""
    started = time.monotonic()
    row: dict[str, object] = {**dict.fromkeys(COLUMNS, ""), "sector": sector}
    try:
        folder = make_study_folder(sector, root / sector)
        study = lab.simulated_study(sector)
        row["instrument"] = study.instrument
        folder.study.write_text(smaller(study.source, most), encoding="utf-8", newline="\n")
        study = read_study(folder.study)
        make_key(folder.documents_key, lab.simulated_key(study, "documents"))
        if study.asks:
            return {**row, **asked(study, folder), "seconds": round(time.monotonic() - started, 1)}
        plan = planned(study, folder)
        row["tests"] = len(plan.pairs)
        documents(plan, folder)
        reactions = lab.simulate_reactions(plan) if study.client_calls is None else lab.simulate_answers(plan)
        lab.simulate_fieldwork(plan, reactions, folder)
        released = release(results_of(plan, folder), default_policy())
        files = write_report(released, folder.report, languages=("nl",), formats=("html", "json"))
        row["cells"], row["shown"] = len(released), sum(cell.shown for cell in released)
        came_to = "report" if all(path.stat().st_size for path in files) else "empty report"
    except CorrtestError as error:
        came_to = f"refused: {error}"
    return {**row, "seconds": round(time.monotonic() - started, 1), "came_to": came_to}


def keep(row: dict[str, object], results: Path) -> None:
    """Write the row into the table of results, in place of the sector's earlier one."""
    table: dict[object, dict[str, object]] = {}
    if results.exists():
        with results.open(encoding="utf-8", newline="") as stream:
            table = {known["sector"]: {**known} for known in csv.DictReader(stream)}
    table[row["sector"]] = row
    results.parent.mkdir(parents=True, exist_ok=True)
    with results.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table[sector] for sector in sorted(table, key=str))


def main() -> None:
    """Run the sectors and write each one's row as soon as it is there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sectors", nargs="*")
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    every = sorted({path.stem for path in designs_folder().glob("*.toml")} - NOT_A_SECTOR)
    with tempfile.TemporaryDirectory() as folder:
        for sector in given.sectors or every:
            row = run(sector, Path(folder), most=given.pairs)
            print(*row.values(), sep=" | ", flush=True)
            keep(row, given.out)


if __name__ == "__main__":
    main()
