"""The verbs on a frozen plan: plan (make it, amend it, make it again and compare), balance, prereg."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import say, say_figures, say_json, words
from corrtest.errors import DesignError

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.design import Plan
    from corrtest.spec import Study

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, as in 2027-01-11.")]


def plan(
    studies: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[STUDY]...", help="The study file; several are planned under the strictest of their caps."
        ),
    ] = None,
    vacancies: Annotated[Path | None, typer.Option("--vacancies", help="The vacancies: CSV, XLSX or Parquet.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A new folder for the frozen plan.")] = None,
    allow_shortfall: Annotated[
        bool, typer.Option("--allow-shortfall", help="Plan what can be filled and record what cannot.")
    ] = False,
    pairs_per_day: Annotated[
        int | None, typer.Option(min=1, help="Most pairs that may start on one day, whoever sends.")
    ] = None,
    frozen_by: Annotated[str | None, typer.Option(help="Who freezes the plan; goes on record with the day.")] = None,
    frozen_on: Day = None,
    amend: Annotated[
        Path | None, typer.Option("--amend", help="Make the next version of the plan in this folder.")
    ] = None,
    since: Day = None,
    reason: Annotated[str, typer.Option(help="With --amend: why; kept in the plan.")] = "",
    withdrawn: Annotated[str, typer.Option(help="With --amend: vacancies that no longer exist, by commas.")] = "",
    verify: Annotated[
        Path | None, typer.Option("--verify", help="Make the plan in this folder again and compare to the byte.")
    ] = None,
    previous: Annotated[Path | None, typer.Option(help="With --verify of an amended plan: the version before.")] = None,
    already_sent: Annotated[
        Path | None,
        typer.Option(help="Pairs that employers got from other studies: a table with employer_id and send_first_on."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")] = False,
) -> None:
    """Allocate pairs to vacancies under the caps, and freeze the plan; or --amend it, or --verify it."""
    if vacancies is None:
        raise DesignError("A plan needs the vacancies. Give their file with --vacancies.")
    sent = _already_sent(already_sent)
    if verify is not None:
        _verify(verify, vacancies, previous, studies or [], pairs_per_day, sent)
        return
    if out is None:
        raise DesignError("A plan needs a place. Give a new folder with --out.")
    if amend is not None:
        made = [_amended(amend, vacancies, since, reason, withdrawn, pairs_per_day, sent)]
    else:
        made = _planned(studies or [], vacancies, allow_shortfall, pairs_per_day, sent)
    _freeze(made, out, frozen_by, frozen_on, as_json)


def _already_sent(path: Path | None) -> pd.DataFrame | None:
    from corrtest.spec import parse_days, read_table, require_columns

    if path is None:
        return None
    table = read_table(path)
    require_columns(table, ("employer_id", "send_first_on"))
    for column in ("send_first_on", "send_second_on"):
        if column in table:
            # The second day is empty where a vacancy gets one application.
            empty = (table[column].astype(str).str.strip() == "") & (column == "send_second_on")
            table[column] = parse_days(table[column])
            if (table[column].isna() & ~empty).any():
                raise DesignError(f"{path.name} has a {column} that is no date. Write it as in 2027-01-11.")
    return table


def _checked(vacancies: Path, studies: list[Study]) -> pd.DataFrame:
    """Read the vacancies and check them for each of the studies that share them."""
    from corrtest.spec import check_vacancies, read_table

    table = read_table(vacancies)
    for study in studies:
        table = check_vacancies(table, study)
    return table


def _planned(
    studies: list[Path],
    vacancies: Path,
    allow_shortfall: bool,
    pairs_per_day: int | None,
    already_sent: pd.DataFrame | None,
) -> list[Plan]:
    from corrtest.design import plan_together
    from corrtest.spec import read_study

    if not studies:
        raise DesignError("A plan needs a study. Name its file: corrtest plan STUDY --vacancies F --out DIR.")
    read = [read_study(path) for path in studies]
    table = _checked(vacancies, read)
    per_day = None if pairs_per_day is None else {study.name: pairs_per_day for study in read}
    made = plan_together(read, table, allow_shortfall=allow_shortfall, pairs_per_day=per_day, already_sent=already_sent)
    return list(made)


def _amended(
    folder: Path,
    vacancies: Path,
    since: datetime | None,
    reason: str,
    withdrawn: str,
    pairs_per_day: int | None,
    already_sent: pd.DataFrame | None,
) -> Plan:
    from corrtest.design import amend_plan, read_plan
    from corrtest.spec import read_vacancies

    if since is None:
        raise DesignError("An amendment needs the first day on which a new pair may start. Give it with --since.")
    earlier = read_plan(folder)
    return amend_plan(
        earlier,
        read_vacancies(vacancies, earlier.study),
        since=since.date(),
        reason=reason,
        withdrawn=words(withdrawn),
        pairs_per_day=pairs_per_day,
        already_sent=already_sent,
    )


def _verify(
    folder: Path,
    vacancies: Path,
    previous: Path | None,
    together: list[Path],
    pairs_per_day: int | None,
    already_sent: pd.DataFrame | None,
) -> None:
    from corrtest.design import read_plan, verify_plan
    from corrtest.spec import read_study

    frozen = read_plan(folder)
    read = [read_study(path) for path in together]
    verify_plan(
        frozen,
        _checked(vacancies, read or [frozen.study]),
        previous=read_plan(previous) if previous else None,
        together=read,
        already_sent=already_sent,
        pairs_per_day=pairs_per_day,
    )
    say(f"{folder} is what its study, its vacancies and its seed give, to the byte.")


def _freeze(made: list[Plan], out: Path, frozen_by: str | None, frozen_on: datetime | None, as_json: bool) -> None:
    from corrtest.design import freeze, small_cells, write_plan
    from corrtest.disclosure import default_policy

    if frozen_on is not None and frozen_by is None:
        raise DesignError("--frozen-on goes with --frozen-by: who froze the plan?")
    day = frozen_on.date() if frozen_on else date.today()
    policy = default_policy()
    for one in made:
        plan = freeze(one, by=frozen_by, on=day) if frozen_by else one
        folder = out if len(made) == 1 else out / plan.study.name
        write_plan(plan, folder)
        if as_json:
            say_json(plan.manifest)
            continue
        employers = plan.pairs["employer_id"].nunique()
        study = plan.study
        wanted = plan.manifest["pairs_wanted"]
        rows = "applications" if study.pairing == "unpaired" else "pairs"
        say(f"Planned {len(plan.pairs)} of {wanted} {rows} of '{study.name}', for {employers} employers.")
        for short in plan.shortfalls:
            say(f"  {short.joint_committee} × {short.criterion}: {short.planned} of {short.wanted} ({short.cause})")
        for warning in small_cells(plan, min_pairs=policy.min_pairs, min_employers=policy.min_employers):
            say(f"! {warning}")
        say(f"The frozen plan is in {folder}. Next: corrtest render {folder} --out documents")


def prereg(
    plan_folder: Annotated[Path, typer.Argument(metavar="PLAN", help="The folder of a frozen plan.")],
    out: Annotated[Path, typer.Option("--out", help="A folder for the documents.")],
    language: Annotated[str, typer.Option(help="Languages, separated by commas.")] = "nl,en",
    dated: Day = None,
) -> None:
    """Write the preregistration of a plan, as Markdown and PDF: hypotheses, strata, caps, outcomes, estimators."""
    from corrtest.design import read_plan, write_preregistration

    day = dated.date() if dated else None
    for path in write_preregistration(read_plan(plan_folder), out, words(language), dated=day):
        say(f"Wrote {path}")


def balance(
    plan_folder: Annotated[Path, typer.Argument(metavar="PLAN", help="The folder of a frozen plan.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")] = False,
) -> None:
    """Show how alike the groups are that were drawn: standardised differences of everything randomised."""
    from corrtest.design import balance_table, read_plan

    found = balance_table(read_plan(plan_folder))
    frame = found.to_frame()
    if as_json:
        say_json(frame.astype(object).where(frame.notna(), None).to_dict("records"))
        return
    say_figures("Balance of what was drawn", frame, decimals=3)
    say(found.sentence())
