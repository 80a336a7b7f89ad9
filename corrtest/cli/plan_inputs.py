"""What plan, amend and verify read and say alike: vacancies, what others sent, and the plan once it is frozen."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import show, show_json
from corrtest.cli.places import Places, shown
from corrtest.errors import DesignError
from corrtest.language import say

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.design import Plan
    from corrtest.spec import Study


def checked_vacancies(vacancies: Path, studies: list[Study]) -> pd.DataFrame:
    """Read the vacancies and check them for each of the studies that share them."""
    from corrtest.spec import check_vacancies, read_vacancy_table

    table = read_vacancy_table(vacancies)
    for study in studies:
        table = check_vacancies(table, study)
    return table


def planned_calls(
    places: Places,
    study: Study,
    firms: Path | None,
    already_sent: pd.DataFrame | None,
    *,
    allow_shortfall: bool,
    key: bytes | None = None,
) -> Plan:
    """Plan the calls of a study that calls firms: from the file that is named, else those of the folder frame."""
    from corrtest.design import plan_calls
    from corrtest.spec import read_firms

    frame = places.place(firms, "frame", say("This needs the firms of the sector. Give their file with --vacancies"))
    return plan_calls(
        study, read_firms(frame, study), allow_shortfall=allow_shortfall, already_sent=already_sent, key=key
    )


def sent_by_others(path: Path | None) -> pd.DataFrame | None:
    """Read what employers got from other studies: a table of it, or the plan of one."""
    from corrtest.design import read_plan
    from corrtest.spec import parse_days, read_table, require_columns

    if path is None:
        return None
    if path.is_dir():
        return read_plan(path).pairs
    table = read_table(path)
    require_columns(table, ("employer_id", "send_first_on"))
    for column in ("send_first_on", "send_second_on"):
        if column in table:
            # The second day is empty where a vacancy gets one application.
            empty = (table[column].astype(str).str.strip() == "") & (column == "send_second_on")
            table[column] = parse_days(table[column])
            if (table[column].isna() & ~empty).any():
                raise DesignError(
                    say(
                        "{file} has a {column} that is no date. Write it as in 2027-01-11.",
                        file=path.name,
                        column=column,
                    )
                )
    return table


def freeze_and_write(plan: Plan, folder: Path, frozen_by: str | None, frozen_on: datetime | None) -> Plan:
    """Put on record who freezes the plan, where that is said, and write it."""
    from corrtest.design import freeze, write_plan

    if frozen_on is not None and frozen_by is None:
        raise DesignError(say("--frozen-on goes with --frozen-by: who froze the plan?"))
    if frozen_by is not None:
        plan = freeze(plan, by=frozen_by, on=frozen_on.date() if frozen_on else date.today())
    write_plan(plan, folder)
    return plan


def say_plan(plan: Plan, folder: Path, as_json: bool) -> None:
    """Say what was planned, what could not be, and what will be too small to be shown."""
    from corrtest.power import hidden_results
    from corrtest.spec import identities_of

    if as_json:
        show_json(plan.manifest)
        return
    employers = plan.pairs["employer"].nunique()
    study = plan.study
    rows = say("applications") if study.pairing == "unpaired" else say("pairs")
    rows = rows if study.client_calls is None else say("calls")
    wanted = plan.manifest["pairs_wanted"]
    show(
        say(
            "Planned {count} of {wanted} {rows} of '{study}', for {employers} employers.",
            count=len(plan.pairs),
            wanted=wanted,
            rows=rows,
            study=study.name,
            employers=employers,
        )
    )
    if plan.manifest["simulated"]:
        show(say("It is SIMULATED: nothing of it can be carried out."))
    for short in plan.shortfalls:
        show(
            say(
                "  {joint_committee} × {criterion}: {planned} of {wanted} ({cause})",
                joint_committee=short.joint_committee,
                criterion=short.criterion,
                planned=short.planned,
                wanted=short.wanted,
                cause=short.cause,
            )
        )
    # What calls will be hidden depends on how many firms go along, which nobody has published by committee.
    for warning in hidden_results(plan) if study.client_calls is None else ():
        show(f"! {warning}")
    show(
        say(
            "The frozen plan is in {folder}; who its employers are lies apart from it, in {identities}.",
            folder=shown(folder),
            identities=shown(identities_of(folder)),
        )
    )
