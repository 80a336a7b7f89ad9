"""From answers to the risk analysis to its figures: a score for each risk, and how far answerers agree.

A risk's score is likelihood × harm × evidence, from 1 to 100 (5 × 5 × 4), averaged over who answered all three.
Agreement is r_wg (James, Demaree and Wolf 1984, Journal of Applied Psychology 69:85): 1 less the variance of the
likelihood over that of answers by chance; over all risks together Krippendorff's alpha of the scores.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from corrtest.questionnaires.figures import Figure, QuestionnaireResults
from corrtest.questionnaires.rating import krippendorff_alpha
from corrtest.questionnaires.risk.form import SCALES, risks_of
from corrtest.spec import Study

__all__ = ["analyse_risks", "ranked"]

_STEPS = 5
_BY_CHANCE = (_STEPS**2 - 1) / 12


def analyse_risks(study: Study, answers: pd.DataFrame) -> QuestionnaireResults:
    """Return the figures of a risk analysis; `answers` are those of the form, one row a person."""
    figures: list[Figure] = []
    level = study.analysis.confidence_level
    every = []
    for area, ground in risks_of(study):
        given = {scale: pd.to_numeric(answers[f"{area}_{ground}_{scale}"], errors="coerce") for scale in SCALES}
        scores = given["likelihood"] * given["harm"] * given["evidence"]
        told = scores.notna()
        if not told.any():
            continue
        item = f"{area}.{ground}"
        every.append(scores[told].to_numpy(dtype=np.float64))
        figures.append(_mean(item, "score", scores[told], level))
        figures += [_mean(item, scale, given[scale][told], level) for scale in SCALES]
        figures.append(_agreement(item, given["likelihood"][told]))
        for committee in sorted(set(answers["committee"]) - {""}):
            own = scores[told & (answers["committee"] == committee)]
            if len(own):
                figures.append(_mean(item, "score", own, level, committee))
    alpha = krippendorff_alpha(every, nominal=False)
    return QuestionnaireResults(
        instrument="risk_analysis",
        study=study.description(),
        figures=tuple(figures),
        counts={
            "answers": len(answers),
            "wanted": study.risk_analysis.answerers,
            "alpha": None if math.isnan(alpha) else alpha,
            **{f"by_{name}": answers[name].value_counts().to_dict() for name in ("role", "organisation", "committee")},
        },
        confidence_level=level,
        simulated=bool(answers["simulated"].astype(bool).any()),
    )


def ranked(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Return the scores of the whole sector, the highest first."""
    scores = [figure for figure in figures if figure.kind == "score" and figure.margin == "all"]
    return tuple(sorted(scores, key=lambda figure: (-figure.value, figure.item)))


def _mean(item: str, kind: str, values: pd.Series, level: float, committee: str = "") -> Figure:
    count, mean = len(values), float(values.mean())
    reach = (
        float(stats.t.isf((1 - level) / 2, count - 1) * values.std(ddof=1) / math.sqrt(count)) if count > 1 else None
    )
    return Figure(
        item=item,
        kind=kind,
        margin="committee" if committee else "all",
        group=committee,
        answers=count,
        value=mean,
        lower=None if reach is None else mean - reach,
        upper=None if reach is None else mean + reach,
        method="student",
        alike=values.nunique() == 1,
    )


def _agreement(item: str, likelihood: pd.Series) -> Figure:
    spread = float(likelihood.var(ddof=1)) if len(likelihood) > 1 else 0.0
    value = max(0.0, 1 - spread / _BY_CHANCE)
    return Figure(
        item=item,
        kind="agreement",
        answers=len(likelihood),
        value=value,
        method="r_wg",
        alike=likelihood.nunique() == 1,
    )
