"""What the answers say of each name and sentence: how often it is recognised, and how its bearer is perceived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.questionnaires.rating.texts import NUMBERS
from corrtest.spec import RATED_COLUMNS

__all__ = ["rated_signals_of"]

# The question whose right answer is what the item stands for.
_RECOGNISED_BY = {"name": "origin", "sentence": "meaning"}


def rated_signals_of(
    answers: pd.DataFrame, items: pd.DataFrame, source: str, *, confidence_level: float = 0.95
) -> pd.DataFrame:
    """Return the rated signals, as `ratings/rated.csv` has them: one row a given name, family name or sentence.

    Ratings of a full name count for its given and for its family name. Recognition has Wilson's interval (1927, Journal
    of the American Statistical Association 22:209), the perceived class Student's; "I do not know" is no recognition.

    Parameters
    ----------
    answers, items : DataFrame
        As `read_ratings` and `read_items` give them.
    source : str
        What stands in the column of that name: who rated, and when.
    """
    joined = answers.merge(items, on="item", how="inner")
    rows = [
        _row(kind, signal, of, gender, part, source, confidence_level)
        for kind, signal, of, gender, part in _parts(joined)
        if (part["question"] == _RECOGNISED_BY[part["kind"].iloc[0]]).any()
    ]
    if not rows:
        raise InputError(say("The answers hold no rating of any item. Nothing was written."))
    return pd.DataFrame(rows, columns=list(RATED_COLUMNS))


def _parts(joined: pd.DataFrame) -> Iterator[tuple[str, str, str, str, pd.DataFrame]]:
    """Yield (kind, signal, what it stands for, gender, its answers)."""
    names = joined[joined["kind"] == "name"]
    for (of, gender, given), part in names.groupby(["stands_for", "gender", "given"], sort=True):
        yield "given_name", str(given), str(of), str(gender), part
    for (of, family), part in names.groupby(["stands_for", "family"], sort=True):
        yield "family_name", str(family), str(of), "", part
    for (of, text), part in joined[joined["kind"] == "sentence"].groupby(["stands_for", "text"], sort=True):
        yield "sentence", str(text), str(of), "", part


def _row(kind: str, signal: str, of: str, gender: str, part: pd.DataFrame, source: str, level: float) -> dict[str, Any]:
    answers = {name: group["answer"] for name, group in part.groupby("question")}
    told = answers["meaning" if kind == "sentence" else "origin"] == of
    recognised = stats.binomtest(int(told.sum()), len(told)).proportion_ci(level, method="wilson")
    numbers = {name: answers[name].astype(float).to_numpy() if name in answers else np.empty(0) for name in NUMBERS}
    lower, upper = _student(numbers["class"], level)
    genders = answers.get("gender")
    return {
        "kind": kind,
        "signal": signal,
        "stands_for": of,
        "gender": gender,
        "ratings": len(told),
        "recognition": _rounded(told.mean()),
        "recognition_lower": _rounded(recognised.low),
        "recognition_upper": _rounded(recognised.high),
        "gender_recognition": _rounded((genders == gender).mean()) if gender and genders is not None else "",
        "perceived_class": _mean(numbers["class"]),
        "class_lower": lower,
        "class_upper": upper,
        "perceived_age": _mean(numbers["age"]),
        "credibility": _mean(numbers["credibility"]),
        "source": source,
    }


def _rounded(value: float) -> float:
    return round(float(value), 4)


def _mean(values: np.ndarray) -> float | str:
    return _rounded(values.mean()) if values.size else ""


def _student(values: np.ndarray, level: float) -> tuple[float | str, float | str]:
    """Return Student's limits of a mean; none where one rating says nothing of its spread."""
    if values.size < 2:
        return "", ""
    reach = stats.t.isf((1 - level) / 2, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size)
    return _rounded(values.mean() - reach), _rounded(values.mean() + reach)
