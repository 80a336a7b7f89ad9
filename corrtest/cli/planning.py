"""Verbs before the fieldwork: new, check, committees, plan, render."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import progress_bar, say, say_json, say_table, words
from corrtest.errors import CheckFailed, CorrtestError, Fault, StudyError, nearest

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="The study file (TOML).")]
VacancyFile = Annotated[Path, typer.Option("--vacancies", help="The vacancies: CSV, XLSX or Parquet.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")]


def new(
    sector: Annotated[str, typer.Argument(help="Which ready design to copy: construction, hairdressing, …")],
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; default SECTOR.toml here.")] = None,
) -> None:
    """Copy a ready design, to edit."""
    from corrtest.resources import designs_folder

    ready = {path.stem: path for path in designs_folder().glob("*.toml")}
    if sector not in ready:
        raise StudyError(f"There is no ready design '{sector}'. {nearest(sector, sorted(ready))}")
    target = out or Path(f"{sector}.toml")
    if target.exists():
        raise StudyError(f"{target} exists already and is left as it is. Give another name with --out.")
    target.write_bytes(ready[sector].read_bytes())
    say(f"Wrote {target}. Edit it, then: corrtest check {target}")


def check(
    study_file: StudyFile,
    vacancies: Annotated[Path | None, typer.Option("--vacancies", help="Also check this vacancy file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Report every fault of the inputs at once; nothing is written."""
    from corrtest.design import feasibility_faults
    from corrtest.spec import read_study, read_vacancies

    faults: list[Fault] = []
    messages: list[str] = []
    study = None
    try:
        study = read_study(study_file)
    except CorrtestError as error:
        messages.append(error.message)
        faults.extend(error.faults)
    if study is not None and vacancies is not None:
        try:
            faults.extend(feasibility_faults(study, read_vacancies(vacancies, study)))
            if faults:
                messages.append(f"{study_file.name} asks for more than {vacancies.name} can give:")
        except CorrtestError as error:
            messages.append(error.message)
            faults.extend(error.faults)
    if as_json:
        from dataclasses import asdict

        say_json({"ok": not messages, "messages": messages, "faults": [asdict(fault) for fault in faults]})
    if messages:
        raise CorrtestError(" ".join(messages), faults)
    if as_json or study is None:
        return
    say(f"{study_file.name} is in order: {study.pairs_wanted} pairs in {len(study.quota())} strata.")
    if study.approval.missing:
        say("Still to fill in before anything can be sent: " + ", ".join(study.approval.missing) + ".")


def committees(
    word: Annotated[str, typer.Argument(help="Part of a number or of a Dutch or French name.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the Belgian joint committees, or those that hold WORD."""
    from corrtest.spec import joint_committees

    table = joint_committees()
    text = table.index + " " + table["name_nl"] + " " + table["name_fr"]
    found = table[text.str.contains(word, case=False, regex=False)]
    if found.empty:
        raise CheckFailed(f"No joint committee holds '{word}'. Try a shorter word.")
    if as_json:
        say_json(
            [{"number": number, "name_nl": row.name_nl, "name_fr": row.name_fr} for number, row in found.iterrows()]
        )
        return
    say_table("Joint committees", ("number", "name"), [(number, row.name_nl) for number, row in found.iterrows()])


def plan(
    study_file: StudyFile,
    vacancies: VacancyFile,
    out: Annotated[Path, typer.Option("--out", help="A new folder for the frozen plan.")],
    allow_shortfall: Annotated[
        bool, typer.Option("--allow-shortfall", help="Plan what can be filled and record what cannot.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Allocate pairs to vacancies under the caps, and freeze the plan."""
    from corrtest.design import make_plan, write_plan
    from corrtest.spec import read_study, read_vacancies

    study = read_study(study_file)
    made = make_plan(study, read_vacancies(vacancies, study), allow_shortfall=allow_shortfall)
    write_plan(made, out)
    if as_json:
        say_json(made.manifest)
        return
    say(
        f"Planned {len(made.pairs)} of {study.pairs_wanted} pairs, for {made.pairs['employer_id'].nunique()} employers."
    )
    for shortfall in made.shortfalls:
        say(
            f"  {shortfall.joint_committee} × {shortfall.criterion}: {shortfall.planned} of {shortfall.wanted} "
            f"({shortfall.cause})"
        )
    say(f"The frozen plan is in {out}. Next: corrtest render {out} --out documents")


def render(
    plan_folder: Annotated[Path, typer.Argument(metavar="PLAN", help="The folder of a frozen plan.")],
    out: Annotated[Path, typer.Option("--out", help="A folder for the documents.")],
    formats: Annotated[str, typer.Option("--format", help="Which documents, separated by commas.")] = "pdf,html",
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default one a core.")] = None,
) -> None:
    """Write the documents of each pair, and audit that they differ in the signal alone."""
    from corrtest.design import read_plan
    from corrtest.generator import render_plan

    frozen = read_plan(plan_folder)
    with progress_bar("Writing documents") as progress:
        result = render_plan(frozen, out, formats=words(formats), workers=workers, progress=progress)
    say(f"Wrote {result.files} files for {result.pairs} pairs in {out}; the audit is in {out / 'audit.csv'}.")
    if result.failures:
        raise CheckFailed(
            f"The audit refuses {result.failures} pairs; {out / 'audit.csv'} says why. They must not be sent."
        )
    say("The audit passed: each pair differs in its signal alone.")
