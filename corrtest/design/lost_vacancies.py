"""What a study does not reach because it does not apply by the channel that a vacancy asks for."""

from __future__ import annotations

import pandas as pd

from corrtest.design.frame import eligible, tested
from corrtest.language import current, say, say_n
from corrtest.pages import catalogue
from corrtest.spec import Study

__all__ = ["lost_to_channels", "said_of_lost"]

_COLUMNS = ("joint_committee", "channel", "vacancies", "employers", "vacancies_left", "employers_left")


def lost_to_channels(study: Study, vacancies: pd.DataFrame) -> pd.DataFrame:
    """Count what each channel that the study does not apply by takes from it.

    Returns
    -------
    pandas.DataFrame
        One row a joint committee × such a channel: its vacancies, its employers who can be reached by no channel of the
        study, and the committee's vacancies and employers that are left.
    """
    reached = eligible(study, vacancies)
    lost = vacancies[tested(study, vacancies) & ~reached]
    left = {str(name): group["employer_id"] for name, group in vacancies[reached].groupby("joint_committee")}
    kept = set(vacancies.loc[reached, "employer_id"])
    rows = []
    for (committee, channel), group in lost.groupby(["joint_committee", "channel"], sort=True):
        remaining = left.get(str(committee), lost["employer_id"].iloc[:0])
        only_so = set(group["employer_id"]) - kept
        rows.append((committee, channel, len(group), len(only_so), len(remaining), remaining.nunique()))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def said_of_lost(lost: pd.DataFrame) -> tuple[str, ...]:
    """Say it in a sentence a row, in the current language."""
    words = catalogue(current())
    return tuple(
        say(
            "{committee}: not planned on, since the study does not apply by {channel}: {vacancies}. Reached in no "
            "other way: {employers}. Left: {left}, {employers_left}.",
            committee=row["joint_committee"],
            vacancies=say_n("{count} vacancy", "{count} vacancies", row["vacancies"]),
            channel=words.name("channel", row["channel"]),
            employers=say_n("{count} employer", "{count} employers", row["employers"]),
            left=say_n("{count} vacancy", "{count} vacancies", row["vacancies_left"]),
            employers_left=say_n("{count} employer", "{count} employers", row["employers_left"]),
        )
        for row in lost.to_dict("records")
    )
