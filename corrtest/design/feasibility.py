"""Before any plan: what each committee's vacancies can carry, by week and by channel, and where they cannot."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from corrtest.design.frame import eligible, tested
from corrtest.design.lost_vacancies import lost_to_channels, said_of_lost
from corrtest.design.plan import pairs_quota
from corrtest.design.sending_days import DAYS, SendingDays, sending_days
from corrtest.design.shortfall import committee_supply, supply_cause
from corrtest.language import say
from corrtest.spec import Study, vacancy_channels

__all__ = ["Feasibility", "channels", "feasibility"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feasibility:
    """What the vacancies can carry.

    Attributes
    ----------
    table : DataFrame
        One row a committee × criterion: wanted, committee_wanted, listed, vacancies, employers, under_cap (see
        `committee_supply`), vacancies_per_week and employers_per_week (open for both applications, on average over
        the weeks of the period), and the share reachable by each channel.
    weeks : DataFrame
        One row a committee × week: Monday, vacancies, employers.
    lost : DataFrame
        What the study does not reach for want of a channel, see `lost_to_channels`.
    warnings : tuple of str
    """

    table: pd.DataFrame
    weeks: pd.DataFrame
    lost: pd.DataFrame
    warnings: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{warning}</li>" for warning in self.warnings)
        return f"{self.table.to_html(index=False)}<ul>{notes}</ul>"


@cache
def channels() -> dict[str, Any]:
    """Return the channel rules of `channels.toml`: where correspondence fits, and what to do where it does not."""
    return tomllib.loads(files("corrtest.design").joinpath("channels.toml").read_text(encoding="utf-8"))


def feasibility(study: Study, vacancies: pd.DataFrame) -> Feasibility:
    """Count what each stratum's vacancies can carry, and warn where a correspondence test does not fit."""
    calendar = sending_days(study)
    supply = committee_supply(study, vacancies, calendar)
    weeks = _weekly(study, vacancies, calendar)
    usable = vacancies[tested(study, vacancies)]
    names = list(vacancy_channels())
    share = (
        pd.crosstab(usable["joint_committee"], usable["channel"], normalize="index").reindex(columns=names).fillna(0.0)
    )
    per_week: dict[Any, dict[str, float]] = (
        weeks.groupby("joint_committee")[["vacancies", "employers"]].mean().to_dict("index")  # type: ignore[assignment]
    )
    shares: dict[Any, dict[str, float]] = share.to_dict("index")  # type: ignore[assignment]
    rows = []
    for (committee, criterion), wanted in pairs_quota(study).items():
        row: dict[str, Any] = {"joint_committee": committee, "criterion": criterion, "wanted": wanted}
        for name, value in supply.loc[committee].to_dict().items():
            row["committee_wanted" if name == "wanted" else str(name)] = value
        for name in ("vacancies", "employers"):
            row[f"{name}_per_week"] = per_week.get(committee, {}).get(name, 0.0)
        for name in names:
            row[f"by_{name}"] = shares.get(committee, {}).get(name, 0.0)
        rows.append(row)
    table = pd.DataFrame(rows)
    lost = lost_to_channels(study, vacancies)
    warnings = (*_warnings(study, supply, shares, "employees" in vacancies), *said_of_lost(lost))
    return Feasibility(table=table, weeks=weeks, lost=lost, warnings=warnings)


def _weekly(study: Study, vacancies: pd.DataFrame, calendar: SendingDays) -> pd.DataFrame:
    """Count vacancies and employers that are open for both applications, per committee and week."""
    first, last = calendar.first_and_last(vacancies["opens"], vacancies["closes"])
    keep = eligible(study, vacancies) & (first <= last)
    table = vacancies.loc[keep, ["joint_committee", "employer_id"]].reset_index(drop=True)
    low, high = first[keep] // DAYS, last[keep] // DAYS
    repeat = high - low + 1
    rows = np.repeat(np.arange(len(table)), repeat)
    week = low[rows] + np.arange(len(rows)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    long = table.iloc[rows].assign(week=week)
    long = long[calendar.open_weeks[week]]
    counted = long.groupby(["joint_committee", "week"])["employer_id"].agg(vacancies="size", employers="nunique")
    committees = list(dict.fromkeys(committee for committee, _ in pairs_quota(study)))
    every = pd.MultiIndex.from_product(
        [committees, np.flatnonzero(calendar.open_weeks)], names=["joint_committee", "week"]
    )
    counted = counted.reindex(every).fillna(0).astype("int64").reset_index()
    counted["week_of"] = calendar.dates(counted["week"].to_numpy(dtype=np.int64) * DAYS).to_numpy()
    columns: pd.DataFrame = counted[["joint_committee", "week_of", "vacancies", "employers"]]
    return columns


def _warnings(
    study: Study, supply: pd.DataFrame, shares: dict[Any, dict[str, float]], sizes_known: bool
) -> tuple[str, ...]:
    rules = channels()
    warnings = []
    if study.caps.by_size and not sizes_known:
        warnings.append(
            say(
                "The study's caps grow with the employer's size, and the vacancies have no column 'employees': "
                "every employer gets the general caps. Add the column to use the steps."
            )
        )
    for committee in study.committees:
        rule = rules["committees"].get(committee.number)
        if rule is not None:
            warnings.append(
                say(
                    "{committee}: {why} Other instruments: {instruments}.",
                    committee=committee.number,
                    why=rule["why"],
                    instruments=", ".join(rule["instruments"]),
                )
            )
    for number, by_channel in shares.items():
        by_telephone = by_channel.get("telephone", 0.0)
        if by_telephone >= rules["telephone"]["most"] and "telephone" not in study.applies_by:
            warnings.append(
                say(
                    "{number}: {by_telephone:.0%} of the vacancies are answered by telephone. {why} Other "
                    "instruments: {instruments}.",
                    number=number,
                    by_telephone=by_telephone,
                    why=rules["telephone"]["why"],
                    instruments=", ".join(rules["telephone"]["instruments"]),
                )
            )
    for number, counts in supply.to_dict("index").items():
        cause = supply_cause(counts, study)
        if cause is not None:
            warnings.append(f"{number}: {cause}.")
    return tuple(warnings)
