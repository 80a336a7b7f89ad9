"""The verb demo: the whole job on a ready design, with simulated vacancies and reactions."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.options import Languages, Workers
from corrtest.cli.output import progress_bar, show, words
from corrtest.errors import CheckFailed, CorrtestError
from corrtest.language import say, say_n

if TYPE_CHECKING:
    from corrtest.analysis import Results
    from corrtest.design import Plan
    from corrtest.spec import Study, StudyFolder

_LABEL = "SIMULATED.txt"
_README = """SIMULATED. Nothing in this folder is real.

The vacancies, the employers and the reactions were made by a program; the reactions follow published Belgian ratios.
No application was sent. These figures say nothing about any sector.
"""


def demo(
    out: Annotated[Path, typer.Option("--out", help="The study folder that the demo makes.")] = Path("demo-output"),
    design: Annotated[str, typer.Option(help="Which ready design to run, or a study file.")] = "construction",
    language: Languages = "nl,en",
    formats: Annotated[str, typer.Option("--format", help="Which documents, separated by commas.")] = "pdf",
    workers: Workers = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier demo in that folder.")] = False,
) -> None:
    """Run the whole job on a ready design with simulated reactions, labelled as such in every output."""
    from corrtest import lab
    from corrtest.spec import StudyFolder, make_key

    started = time.monotonic()
    _prepare(out, overwrite)
    folder = StudyFolder(out)
    study = lab.simulated_study(design)
    folder.study.write_text(study.source, encoding="utf-8", newline="\n")
    make_key(folder.documents_key, lab.simulated_key(study, "documents"))
    show(
        say(
            "{study}: {pairs} wanted in {strata}. All of it is SIMULATED.",
            study=study.name,
            pairs=say_n("{count} pair", "{count} pairs", study.pairs_wanted),
            strata=say_n("{count} stratum", "{count} strata", len(study.quota())),
        )
    )
    if study.client_calls is None:
        plan = _plan(study, folder)
        _documents(plan, folder, words(formats), workers)
        reactions = lab.simulate_reactions(plan)
    else:
        plan = _calls(study, folder, words(formats))
        reactions = lab.simulate_answers(plan)
    lab.simulate_fieldwork(plan, reactions, folder)
    show(
        say(
            "4/6 Registered {count} applications as sent and {reactions} simulated reactions.",
            count=(2 if study.client_calls is None else 1) * len(plan.pairs),
            reactions=len(reactions),
        )
    )
    results = _analyse(plan, folder)
    report = _report(results, folder, words(language))
    _show_places(folder, report, time.monotonic() - started)


def _prepare(out: Path, overwrite: bool) -> None:
    if out.exists() and any(out.iterdir()):
        earlier = (out / _LABEL).exists()
        if not (earlier and overwrite):
            advice = say("Add --overwrite to replace that demo") if earlier else say("It is not an earlier demo")
            raise CorrtestError(
                say(
                    "The folder {out} is not empty. {advice}, or give another folder with --out.",
                    out=out,
                    advice=advice,
                )
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _LABEL).write_text(_README, encoding="utf-8")


def _plan(study: Study, folder: StudyFolder) -> Plan:
    from corrtest import lab
    from corrtest.design import make_plan, read_plan, write_plan
    from corrtest.spec import close_to_others, read_vacancies

    lab.simulate_vacancies(study).to_csv(close_to_others(folder.vacancies / "vacancies.csv"), index=False)
    vacancies = read_vacancies(folder.vacancies, study)
    show(
        say(
            "1/6 Simulated {count} vacancies of {employers} employers that do not exist.",
            count=len(vacancies),
            employers=vacancies["employer_id"].nunique(),
        )
    )
    plan = read_plan(
        write_plan(
            make_plan(study, vacancies, allow_shortfall=True, key=lab.simulated_key(study, "plan")), folder.next_plan
        )
    )
    show(say("2/6 Planned {count} pairs; no employer over its cap.", count=len(plan.pairs)))
    return plan


def _calls(study: Study, folder: StudyFolder, formats: tuple[str, ...]) -> Plan:
    """Plan the calls of a study that calls firms, and write their sheets."""
    from corrtest import lab
    from corrtest.design import plan_calls, read_plan, write_plan
    from corrtest.generator import render_client_calls
    from corrtest.spec import close_to_others, read_firms

    lab.simulate_firms(study).to_csv(close_to_others(folder.frame / "firms.csv"), index=False)
    firms = read_firms(folder.frame, study)
    show(say("1/6 Simulated {count} firms that do not exist.", count=len(firms)))
    made = plan_calls(study, firms, allow_shortfall=True, key=lab.simulated_key(study, "plan"))
    plan = read_plan(write_plan(made, folder.next_plan))
    show(say("2/6 Planned {count} calls; no firm over its cap.", count=len(plan.pairs)))
    render_client_calls(plan, folder.documents, formats)
    show(say("3/6 Wrote the call sheets and the neutral script."))
    return plan


def _documents(plan: Plan, folder: StudyFolder, formats: tuple[str, ...], workers: int | None) -> None:
    from corrtest.design import read_documents_key
    from corrtest.generator import render_plan

    key = read_documents_key(plan, folder.plan)
    with progress_bar(say("3/6 Writing and auditing CVs")) as progress:
        made = render_plan(plan, folder.documents, key=key, formats=formats, workers=workers, progress=progress)
    if made.failures:
        raise CheckFailed(
            say(
                "The audit refuses {failures} pairs: {documents} says why.",
                failures=made.failures,
                documents=folder.documents / "audit.csv",
            )
        )


def _analyse(plan: Plan, folder: StudyFolder) -> Results:
    from corrtest import analysis
    from corrtest.spec import read_fieldwork_account

    study = plan.study
    known: dict[str, Any] = {
        "study": study.description(),
        "outcomes": study.outcomes.as_mapping(),
        "plan": plan.manifest,
        "fieldwork": read_fieldwork_account(folder.fieldwork_account),
        "confidence_level": study.analysis.confidence_level,
        "simulated": True,
    }
    if study.client_calls is None:
        results = analysis.analyse(analysis.read_pairs(folder.pairs), shortfalls=plan.shortfalls, **known)
    else:
        answers = analysis.read_answers(folder.pairs)
        results = analysis.analyse_shares(answers, population=plan.manifest["frame"], **known)
    results.write(folder.results)
    show(say("5/6 Estimated {count} groups.", count=len(results.groups)))
    return results


def _report(results: Results, folder: StudyFolder, languages: tuple[str, ...]) -> list[Path]:
    from corrtest.disclosure import policy_for, release
    from corrtest.report import write_report

    with progress_bar(say("6/6 Writing the report")) as progress:
        progress(0, 1)
        report = write_report(release(results, policy_for(results)), folder.report, languages=languages)
        progress(1, 1)
    return report


def _show_places(folder: StudyFolder, report: list[Path], seconds: float) -> None:
    show()
    show(say("Done in {seconds:.0f} seconds. All of it is SIMULATED.", seconds=seconds))
    for path in report:
        show(say("  report     {path}", path=path))
    show(say("  CVs        {documents}", documents=folder.documents))
    show(say("  results    {results}", results=folder.results))
    show(say("  plan       {plan}", plan=folder.plan))
    show(say("  pairs      {pairs}", pairs=folder.pairs))
