"""Verbs before the fieldwork: new, check, committees."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import say, say_json, say_table
from corrtest.errors import CheckFailed, CorrtestError, Fault, StudyError

if TYPE_CHECKING:
    from corrtest.design import Feasibility

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="The study file (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")]


def new(
    sector: Annotated[str, typer.Argument(help="Which ready design to copy: construction, hairdressing, …")],
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; default SECTOR.toml here.")] = None,
) -> None:
    """Copy a ready design, to edit."""
    from corrtest.resources import ready_design

    ready = ready_design(sector)
    target = out or Path(f"{sector}.toml")
    if target.exists():
        raise StudyError(f"{target} exists already and is left as it is. Give another name with --out.")
    target.write_bytes(ready.read_bytes())
    say(f"Wrote {target}. Edit it, then: corrtest check {target}")


def check(
    study_file: StudyFile,
    vacancies: Annotated[Path | None, typer.Option("--vacancies", help="Also check this vacancy file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Report every fault of the inputs at once; nothing is written."""
    from corrtest.design import feasibility, feasibility_faults
    from corrtest.spec import read_study, read_vacancies

    faults: list[Fault] = []
    messages: list[str] = []
    study = supply = None
    try:
        study = read_study(study_file)
    except CorrtestError as error:
        messages.append(error.message)
        faults.extend(error.faults)
    if study is not None and vacancies is not None:
        try:
            listed = read_vacancies(vacancies, study)
            supply = feasibility(study, listed)
            faults.extend(feasibility_faults(study, listed))
            if faults:
                messages.append(f"{study_file.name} asks for more than {vacancies.name} can give:")
        except CorrtestError as error:
            messages.append(error.message)
            faults.extend(error.faults)
    if as_json:
        from dataclasses import asdict

        say_json(
            {
                "ok": not messages,
                "messages": messages,
                "faults": [asdict(fault) for fault in faults],
                "warnings": list(supply.warnings) if supply else [],
            }
        )
    elif supply is not None:
        _show_supply(supply)
    if messages:
        raise CorrtestError(" ".join(messages), faults)
    if as_json or study is None:
        return
    say(f"{study_file.name} is in order: {study.pairs_wanted} pairs in {len(study.quota())} strata.")
    if study.approval.missing:
        say("Still to fill in before anything can be sent: " + ", ".join(study.approval.missing) + ".")


def _show_supply(supply: Feasibility) -> None:
    channels = [name for name in supply.table.columns if name.startswith("by_")]
    say_table(
        "What the vacancies can carry",
        (
            "committee",
            "criterion",
            "wanted",
            "vacancies",
            "employers",
            "a week",
            *(c.removeprefix("by_") for c in channels),
        ),
        [
            (
                row["joint_committee"],
                row["criterion"],
                row["wanted"],
                row["vacancies"],
                row["employers"],
                f"{row['vacancies_per_week']:.0f}",
                *(f"{row[name]:.0%}" for name in channels),
            )
            for row in supply.table.to_dict("records")
        ],
    )
    for warning in supply.warnings:
        say(f"! {warning}")


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
