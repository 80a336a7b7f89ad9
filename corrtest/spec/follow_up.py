"""The study file of a follow-up: that of its baseline, with its own name, wave, period and approval."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import tomlkit

from corrtest.errors import StudyError
from corrtest.language import say
from corrtest.spec.reading import read_study_text

__all__ = ["follow_up_text"]

# Covenants run two years; in whole weeks, so that a study that starts on a Monday does so again.
_ROUND = timedelta(weeks=104)
_YEAR = re.compile(r"\d{4}")


def follow_up_text(text: str, file: str) -> str:
    """Return the study file of the follow-up of the baseline that `text` is: everything else stays as it was measured.

    Committees, criteria, signals, occupations, outcomes, caps and profile are the baseline's. The period lies two years
    later, approvals are asked anew, and days without sending are left out, since they were of another year.

    Raises
    ------
    StudyError
        It is no baseline.
    """
    study = read_study_text(text, file)
    if study.wave != "baseline":
        raise StudyError(say("{name} is no baseline but a follow-up. Give the study that came first.", name=study.name))
    opening, _, body = text.partition("\n[study]")
    document: Any = tomlkit.parse("[study]" + body)
    head = document["study"]
    head["wave"] = "follow_up"
    head["name"] = _renamed(study.name, study.period.start.year, (study.period.start + _ROUND).year)
    head["follows"] = study.name
    head["period"] = tomlkit.parse(
        f"period = {{ start = {study.period.start + _ROUND}, end = {study.period.end + _ROUND} }}"
    )["period"]
    document["approval"] = tomlkit.parse(
        "[approval]\n"
        "# Nothing can be sent before these three are on record. Fill them in when you have them:\n"
        '# ethics_reference = "…"\n# authorised_by = "…"\n'
        f"# employers_informed_on = {_before(study.period.start + _ROUND)}\n\n"
    )["approval"]
    document.get("fieldwork", {}).pop("blackout_days", None)
    lead = opening.rstrip("\n")
    return f"{lead}\n\n{tomlkit.dumps(document)}"


def _renamed(name: str, year: int, later: int) -> str:
    renamed = name.replace("baseline", "follow-up") if "baseline" in name else f"{name}-follow-up"
    return _YEAR.sub(lambda found: str(later) if found[0] == str(year) else found[0], renamed)


def _before(day: date) -> date:
    return day - timedelta(weeks=6)
