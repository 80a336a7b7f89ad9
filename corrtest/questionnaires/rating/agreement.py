"""How far raters agree: Krippendorff's alpha of each question, over raters who saw different items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from corrtest.questionnaires.rating.texts import NUMBERS

__all__ = ["agreement", "krippendorff_alpha"]


def agreement(answers: pd.DataFrame) -> pd.DataFrame:
    """Return one row a question: how many raters and items, and Krippendorff's alpha.

    Choices agree or do not (nominal); ages, class and credibility are compared by squared differences (interval).
    `answers` are those of `read_ratings`.
    """
    rows = []
    for question, part in answers.groupby("question", sort=False):
        numeric = question in NUMBERS
        values = part["answer"].astype(float) if numeric else pd.Series(pd.factorize(part["answer"])[0], part.index)
        units = [group.to_numpy(dtype=np.float64) for _, group in values.groupby(part["item"])]
        rows.append(
            {
                "question": str(question),
                "raters": part["rater"].nunique(),
                "items": len(units),
                "alpha": krippendorff_alpha(units, nominal=not numeric),
            }
        )
    return pd.DataFrame(rows, columns=["question", "raters", "items", "alpha"])


def krippendorff_alpha(units: Sequence[np.ndarray], *, nominal: bool) -> float:
    """Return Krippendorff's alpha: 1 − observed ÷ expected disagreement (Krippendorff 2011, Computing Krippendorff's
    Alpha-Reliability, sections C and D); 1 is full agreement, 0 chance. NaN where all values are the same.

    Parameters
    ----------
    units : sequence of array
        The values that each item got, from any number of raters; an item with one value says nothing.
    nominal : bool
        Whether two values disagree where they differ; else by their squared difference.

    Examples
    --------
    >>> import numpy as np
    >>> units = [np.array(each, dtype=float) for each in ([1, 1], [1, 2], [2, 2], [2, 2], [3, 3])]
    >>> round(krippendorff_alpha(units, nominal=True), 3)
    0.719
    """
    paired = [unit for unit in units if len(unit) > 1]
    if not paired:
        return float("nan")
    observed = sum(_disagreement(unit, nominal=nominal) / (len(unit) - 1) for unit in paired)
    values = np.concatenate(paired)
    expected = _disagreement(values, nominal=nominal) / (len(values) - 1)
    return float("nan") if expected == 0 else float(1 - observed / expected)


def _disagreement(values: np.ndarray, *, nominal: bool) -> float:
    """Return the disagreement over all ordered pairs of values."""
    count = len(values)
    if nominal:
        _, counts = np.unique(values, return_counts=True)
        return float(count**2 - np.sum(counts.astype(np.float64) ** 2))
    return float(2 * (count * np.sum(values**2) - np.sum(values) ** 2))
