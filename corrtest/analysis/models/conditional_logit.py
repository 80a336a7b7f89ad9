"""Conditional logit: the odds of a positive reaction between the candidates of one vacancy, whatever its own rate.

The likelihood of a vacancy is that of its positives' places given their number; all sets of places of that number
are summed over exactly, by the recursion of Gail, Lubin and Rubinstein (1981, Biometrika 68:703). Vacancies in
which all candidates had the same reaction say nothing and drop out. For pairs it gives ln(c/b) with standard error
√(1/b + 1/c).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.models.fitted import FittedModel, design
from corrtest.analysis.models.likelihood import fitted
from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError
from corrtest.language import say


def conditional_logit(
    outcome: npt.ArrayLike,
    covariates: pd.DataFrame,
    *,
    vacancies: npt.ArrayLike,
    clusters: npt.ArrayLike | None = None,
) -> FittedModel:
    """Fit a conditional logit; covariates must vary within vacancies, so there is no intercept.

    Vacancies are independent unless `clusters` says which belong together, as those of one employer.
    """
    y, x, groups = design(outcome, covariates, vacancies)
    if groups is None:
        raise ValueError("conditional logit needs vacancies")
    positives = np.bincount(groups, weights=y)
    sizes = np.bincount(groups)
    telling = (positives > 0) & (positives < sizes)
    if not telling.any():
        raise AnalysisError(say("No vacancy gave some of its candidates a positive reaction and others none."))
    kept = telling[groups]
    codes = np.cumsum(telling)[groups[kept]] - 1
    y, x = y[kept], x[kept]
    count = positives[telling].astype(np.int64)
    blocks = _blocks(x, codes)
    together = None
    if clusters is not None:
        # One label a vacancy: that of its first candidate.
        together = pd.factorize(np.asarray(clusters)[kept][np.unique(codes, return_index=True)[1]])[0].astype(np.int64)

    def likelihood(beta: FloatArray) -> tuple[FloatArray, FloatArray]:
        return _likelihood(beta, y, x, codes, count, blocks)

    model = fitted(
        "conditional logit",
        tuple(map(str, covariates.columns)),
        likelihood,
        np.zeros(x.shape[1]),
        observations=len(y),
        clusters=together,
    )
    return model if together is not None else replace(model, clusters=int(telling.sum()))


def _blocks(x: FloatArray, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return vacancy by place: the row of each candidate, −1 beyond the vacancy's last."""
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    table = np.full((len(sizes), int(sizes.max())), -1, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    place = np.arange(len(codes)) - starts[codes[order]]
    table[codes[order], place] = order
    return table


def _likelihood(
    beta: FloatArray,
    y: FloatArray,
    x: FloatArray,
    codes: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
    blocks: npt.NDArray[np.int64],
) -> tuple[FloatArray, FloatArray]:
    """Return log likelihood and score per vacancy."""
    index = x @ beta
    groups, terms = len(count), x.shape[1]
    most = int(count.max())
    # sums[g, m]: over all sets of m candidates so far, exp of their summed index; slopes: its derivative.
    sums = np.zeros((groups, most + 1))
    slopes = np.zeros((groups, most + 1, terms))
    sums[:, 0] = 1.0
    for column in blocks.T:
        present = column >= 0
        row = np.where(present, column, 0)
        odds = np.where(present, np.exp(index[row]), 0.0)[:, None]
        slopes[:, 1:] += odds[:, :, None] * (slopes[:, :-1] + sums[:, :-1, None] * x[row][:, None, :])
        sums[:, 1:] += odds * sums[:, :-1]
    everyone = np.arange(groups)
    total, slope = sums[everyone, count], slopes[everyone, count]
    observed = np.zeros((groups, terms))
    np.add.at(observed, codes, y[:, None] * x)
    return observed @ beta - np.log(total), observed - slope / total[:, None]
