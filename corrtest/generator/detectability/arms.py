"""Can anything but the signal tell the arms apart? Classifiers on words, on structure, and on both."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

from corrtest.design import substream
from corrtest.errors import MissingExtraError
from corrtest.generator.detectability.seen import Seen
from corrtest.language import mark, say

__all__ = ["FEATURES", "ArmsTold", "arms_told", "matrix_of"]

FOLDS = 5
# Draws of pairs with replacement for the interval of an AUC.
BOOTSTRAPS = 500
# What a classifier may look at.
FEATURES = (mark("words"), mark("structure"), mark("words and structure"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsTold:
    """How well one classifier tells the arms apart (AUC; 0.5 = not at all).

    `interval` is 95 %, by drawing whole pairs with replacement; `if_alike` are AUCs with the arms shuffled within
    pairs.
    """

    features: str
    auc: float
    interval: tuple[float, float]
    if_alike: tuple[float, ...]

    @property
    def alike(self) -> tuple[float, float]:
        """Interval (2.5 % to 97.5 %) of the AUC when the arms are alike."""
        low, high = np.quantile(self.if_alike, [0.025, 0.975])
        return float(low), float(high)


def _sklearn(module: str) -> Any:
    try:
        return importlib.import_module(f"sklearn.{module}")
    except ImportError as error:
        raise MissingExtraError("audit", say("Telling the arms apart with a classifier")) from error


def matrix_of(texts: Sequence[str], structures: Sequence[Mapping[str, float]], features: str) -> Any:
    """Return the matrix of features (n documents by n features): words that three documents have, and structure."""
    parts = []
    if "words" in features:
        parts.append(_sklearn("feature_extraction.text").CountVectorizer(min_df=3, binary=True).fit_transform(texts))
    if "structure" in features:
        names = sorted({name for each in structures for name in each})
        table = np.array([[each.get(name, 0.0) for name in names] for each in structures])
        spread = table.std(axis=0)
        parts.append((table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
    return sparse.hstack([sparse.csr_matrix(part) for part in parts]).tocsr()


def _auc(labels: npt.NDArray[Any], scores: npt.NDArray[Any]) -> float:
    """Return the area under the ROC curve as Mann and Whitney's statistic; ties count half."""
    treated = labels == 1
    ranks, count = stats.rankdata(scores), int(treated.sum())
    above = float(ranks[treated].sum()) - count * (count + 1) / 2
    return above / (count * (len(labels) - count))


def arms_told(documents: Sequence[Seen], features: str, seed: int, shuffles: int) -> ArmsTold:
    """Return the cross-validated AUC of a logistic regression, its interval, and AUCs under shuffling.

    Folds hold whole blocks of mirrored pairs, so that the classifier is tried on what it has not seen. Under shuffling,
    the arms of each pair change places with probability one half: the permutation test that fits paired data.
    """
    linear = _sklearn("linear_model")
    numbers = {pair: number for number, pair in enumerate(dict.fromkeys(each.pair_id for each in documents))}
    pairs = np.array([numbers[each.pair_id] for each in documents])
    labels = np.array([int(each.arm == "treated") for each in documents])
    matrix = matrix_of([each.text for each in documents], [each.structure for each in documents], features)
    rng = substream(seed, "study audit", features)
    blocks = {block: number for number, block in enumerate(dict.fromkeys(each.block for each in documents))}
    fold_of = rng.permutation(len(blocks))[[blocks[each.block] for each in documents]] % FOLDS

    def scores(of: npt.NDArray[Any]) -> npt.NDArray[Any]:
        found = np.zeros(len(of))
        for fold in range(FOLDS):
            test = fold_of == fold
            model = linear.LogisticRegression(C=0.1, solver="liblinear").fit(matrix[~test], of[~test])
            found[test] = model.decision_function(matrix[test])
        return found

    shuffled = []
    for _ in range(shuffles):
        swap = rng.random(len(numbers)) < 0.5
        swapped = np.where(swap[pairs], 1 - labels, labels)
        shuffled.append(_auc(swapped, scores(swapped)))
    own = scores(labels)
    places = [np.flatnonzero(pairs == number) for number in range(len(numbers))]
    drawn = [
        np.concatenate([places[at] for at in rng.integers(len(places), size=len(places))]) for _ in range(BOOTSTRAPS)
    ]
    low, high = np.quantile([_auc(labels[at], own[at]) for at in drawn], [0.025, 0.975])
    return ArmsTold(
        features=features,
        auc=_auc(labels, own),
        interval=(float(low), float(high)),
        if_alike=tuple(shuffled),
    )
