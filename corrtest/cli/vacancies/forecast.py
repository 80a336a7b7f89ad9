"""The verb vacancies forecast: how many will come, and what that means for period and quota."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from corrtest.cli.options import AsJson, Day
from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.places import Places
from corrtest.errors import CorrtestError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.design import Forecast
    from corrtest.spec import StudyFolder


def forecast(on: Day = None, as_json: AsJson = False) -> None:
    """Say how many places for pairs are still to come, and whether the quotas are reached within the period."""
    folder = Places.here().folder
    if folder is None:
        raise CorrtestError(say("Vacancies come into a study folder. Make one with: corrtest new SECTOR"))
    found = forecast_in(folder, date.today() if on is None else on.date())
    if as_json:
        show_json([_as_dict(each) for each in found])
        return
    if not found or not found[0].weeks:
        show(say("A forecast needs a second week: the first file is what was open already, and says no rate."))
        return
    show(
        say(
            "Vacancies that came in {weeks} weeks after the first file, and the places for pairs that are to come:",
            weeks=found[0].weeks,
        )
    )
    show_table(
        say("Forecast"),
        (
            say("committee"),
            say("planned"),
            say("wanted"),
            say("came"),
            say("to come"),
            say("80 % interval"),
            say("chance to fill"),
            say("filled by (90 %)"),
            say("carries (90 %)"),
        ),
        [_row(each) for each in found],
    )
    show(in_words(found))


def forecast_in(folder: StudyFolder, on: date) -> tuple[Forecast, ...]:
    """Return the forecast of the study in a folder; none where nothing came in week by week."""
    from corrtest.design import forecast as look_ahead
    from corrtest.design import read_plan
    from corrtest.spec import arrivals, read_study, read_vacancies

    if not arrivals(folder):
        return ()
    study = read_study(folder.study)
    planned = read_plan(folder.plan).pairs["joint_committee"] if folder.plan_versions() else None
    return look_ahead(study, read_vacancies(folder.vacancies, study), planned, on=on)


def in_words(found: tuple[Forecast, ...]) -> str:
    """Return in a sentence which committees will be short, and what can be done."""
    from corrtest.design import SURE

    short = [each for each in found if each.chance < SURE]
    if not short:
        return say("At this rate every committee reaches its quota within the period.")
    return say(
        "At this rate the quota is not sure within the period for: {committees}. Let the period end later, lower the "
        "quota, or find more sources of vacancies.",
        committees=", ".join(each.joint_committee for each in short),
    )


def _row(each: Forecast) -> tuple[object, ...]:
    return (
        each.joint_committee,
        each.planned,
        each.wanted,
        each.vacancies,
        round(each.expected),
        f"{each.low:.0f} – {each.high:.0f}",
        f"{100 * each.chance:.0f} %",
        each.filled_on.isoformat() if each.filled_on else "–",
        each.carries,
    )


def _as_dict(each: Forecast) -> dict[str, Any]:
    values = asdict(each) | {"filled_on": each.filled_on.isoformat() if each.filled_on else None}
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in values.items()}
