"""The verb demo: the whole job on a ready design, with simulated vacancies and reactions."""

from __future__ import annotations

import hashlib
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import progress_bar, say, words
from corrtest.errors import CheckFailed, CorrtestError

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.design import Plan

_README = """SIMULATED. Nothing in this folder is real.

The vacancies, the employers and the reactions were made by a program; the reactions follow published Belgian ratios.
No application was sent. These figures say nothing about any sector.
"""


def demo(
    out: Annotated[Path, typer.Option("--out", help="A folder for all that the demo makes.")] = Path("demo-output"),
    design: Annotated[str, typer.Option(help="Which ready design to run, or a study file.")] = "construction",
    language: Annotated[str, typer.Option(help="Languages of the report, separated by commas.")] = "nl,en",
    formats: Annotated[str, typer.Option("--format", help="Which documents, separated by commas.")] = "pdf",
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default one a core.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier demo in that folder.")] = False,
) -> None:
    """Run the whole job on a ready design with simulated reactions, labelled as such in every output."""
    from corrtest import analysis, lab
    from corrtest.design import make_plan, read_plan, write_plan
    from corrtest.disclosure import policy_for, release
    from corrtest.generator import render_plan
    from corrtest.report import write_report
    from corrtest.spec import read_vacancies

    started = time.monotonic()
    _prepare(out, overwrite)
    study = lab.simulated_study(design)
    say(f"{study.name}: {study.pairs_wanted} pairs wanted in {len(study.quota())} strata. All of it is SIMULATED.")

    lab.simulate_vacancies(study).to_csv(out / "vacancies.csv", index=False)
    vacancies = read_vacancies(out / "vacancies.csv", study)
    say(
        f"1/6 Simulated {len(vacancies)} vacancies of {vacancies['employer_id'].nunique()} employers that do not exist."
    )

    write_plan(make_plan(study, vacancies, allow_shortfall=True), out / "plan")
    plan = read_plan(out / "plan")
    say(f"2/6 Planned {len(plan.pairs)} pairs; no employer over its cap.")

    with progress_bar("3/6 Writing and auditing CVs") as progress:
        documents = render_plan(plan, out / "documents", formats=words(formats), workers=workers, progress=progress)
    if documents.failures:
        raise CheckFailed(f"The audit refuses {documents.failures} pairs: {out / 'documents' / 'audit.csv'} says why.")

    reactions = lab.simulate_reactions(plan)
    pairs = _fieldwork(plan, reactions, out)
    say(f"4/6 Registered {2 * len(plan.pairs)} applications as sent and {len(reactions)} simulated reactions.")

    results = analysis.analyse(
        analysis.read_pairs(pairs),
        study=study.description(),
        outcomes=study.outcomes.as_mapping(),
        plan=plan.manifest,
        shortfalls=plan.shortfalls,
        confidence_level=study.analysis.confidence_level,
        simulated=True,
    )
    results.write(out / "results.json")
    say(f"5/6 Estimated {len(results.groups)} groups.")

    with progress_bar("6/6 Writing the report") as progress:
        progress(0, 1)
        report = write_report(release(results, policy_for(results)), out / "report", languages=words(language))
        progress(1, 1)
    _show_places(out, report, time.monotonic() - started)


def _prepare(out: Path, overwrite: bool) -> None:
    if out.exists() and any(out.iterdir()):
        earlier = (out / "SIMULATED.txt").exists()
        if not (earlier and overwrite):
            advice = "Add --overwrite to replace that demo" if earlier else "It is not an earlier demo"
            raise CorrtestError(f"The folder {out} is not empty. {advice}, or give another folder with --out.")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "SIMULATED.txt").write_text(_README, encoding="utf-8")


def _fieldwork(plan: Plan, reactions: pd.DataFrame, out: Path) -> Path:
    """Keep the register of a simulated fieldwork and return its pairs table."""
    import pandas as pd

    from corrtest.register import Register

    study = plan.study
    # Chance would give other pseudonyms each time; a simulated study has no identities to protect.
    secret = hashlib.sha256(f"simulated {study.name} {study.seed}".encode()).digest()
    with Register.create(out / "register.sqlite", study, secret=secret) as register:
        register.intake.import_plan(plan)
        register.supervision.record_audit_of(out / "documents")
        register.sending.import_sent(_sendings(plan), simulated=True)
        register.replies.import_reactions(
            reactions.assign(at=reactions["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")), simulated=True
        )
        last = pd.Timestamp(study.period.end) + timedelta(days=study.fieldwork.reaction_window_days + 1)
        register.oversight.export_pairs(as_of=last.date()).to_csv(out / "pairs.csv", index=False)
    return out / "pairs.csv"


def _sendings(plan: Plan) -> pd.DataFrame:
    """Return the simulated sendings of `plan`: each application at nine o'clock of its day."""
    import pandas as pd

    pairs = plan.pairs
    first_is_control = pairs["first_arm"] == "control"
    parts = []
    for arm, comes_first in (("control", first_is_control), ("treated", ~first_is_control)):
        day = pairs["send_first_on"].where(comes_first, pairs["send_second_on"])
        sent = pd.DataFrame({"pair_id": pairs["pair_id"], "arm": arm, "at": day.dt.strftime("%Y-%m-%dT09:00:00Z")})
        parts.append(sent[day.notna()] if plan.study.pairing == "paired" else sent[comes_first])
    return pd.concat(parts).sort_values(["at", "pair_id"], ignore_index=True)


def _show_places(out: Path, report: list[Path], seconds: float) -> None:
    say()
    say(f"Done in {seconds:.0f} seconds. All of it is SIMULATED.")
    for path in report:
        say(f"  report     {path}")
    say(f"  CVs        {out / 'documents'}")
    say(f"  results    {out / 'results.json'}")
    say(f"  plan       {out / 'plan'}")
    say(f"  pairs      {out / 'pairs.csv'}")
