"""Every model of one group side by side: the effect of the signal on the positive rate, by each.

Models that agree make the finding independent of the model; where one cannot be fitted, its row says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corrtest.analysis.handling import as_html
from corrtest.analysis.models.application_rows import SIGNAL, ApplicationRows
from corrtest.analysis.models.average_effects import AverageEffect, average_effect
from corrtest.analysis.models.bivariate_probit import bivariate_probit
from corrtest.analysis.models.conditional_logit import conditional_logit
from corrtest.analysis.models.linear_probability import (
    linear_probability,
    linear_probability_within,
    wild_bootstrap,
)
from corrtest.analysis.models.probit import NeumarkResult, neumark, probit
from corrtest.analysis.statistics.wild_bootstrap import FEW_CLUSTERS, WildBootstrap
from corrtest.errors import AnalysisError
from corrtest.language import keep


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelComparison:
    """Average effects of the models that could be fitted, why the others could not, and Neumark's decomposition."""

    effects: tuple[AverageEffect, ...]
    notes: tuple[str, ...]
    covariates: tuple[str, ...]
    neumark: NeumarkResult | None = None
    few_clusters: WildBootstrap | None = None

    def rows(self, confidence_level: float = 0.95) -> list[dict[str, object]]:
        """Return the effect on the rate by each model, with its interval and p-value.

        Where clusters are few, the linear probability model's by the wild cluster bootstrap follows its own.
        """
        found = [effect.to_dict(confidence_level) for effect in self.effects]
        if self.few_clusters is None:
            return found
        lower, upper = self.few_clusters.interval(confidence_level)
        bootstrapped = {
            **found[0],
            "lower": None if lower is None else max(lower, -1.0),
            "upper": None if upper is None else min(upper, 1.0),
            "standard_error": None,
            "pvalue": self.few_clusters.pvalue,
            "errors": "wild bootstrap",
        }
        return [found[0], bootstrapped, *found[1:]]

    def to_frame(self, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return one row a model: the effect on the rate with its interval and p-value."""
        return pd.DataFrame(self.rows(confidence_level))

    def decomposition(self) -> pd.DataFrame:
        """Return Neumark's split of the marginal effect into level and variance; empty without quality columns."""
        if self.neumark is None:
            return pd.DataFrame(columns=["part", "effect", "standard_error"])
        found = self.neumark
        return pd.DataFrame(
            {
                "part": ["level (discrimination)", "variance of the unobserved", "both"],
                "effect": [found.level_effect, found.variance_effect, found.total_effect],
                "standard_error": [found.level_standard_error, found.variance_standard_error, None],
            }
        )

    def _repr_html_(self) -> str:
        return as_html(self.to_frame())


def fit_models(
    rows: ApplicationRows, *, covariates: Sequence[str] = (), quality: Sequence[str] = ()
) -> ModelComparison:
    """Fit the linear probability model, with vacancy fixed effects, conditional logit, probit and bivariate probit.

    Parameters
    ----------
    covariates : sequence of str
        Columns that every model holds equal between the arms.
    quality : sequence of str
        Columns that make one application better than another: with them the heteroskedastic probit of Neumark (2012)
        is fitted too. It needs quality that varies and matters.
    """
    x = rows.covariates([*covariates, *quality])
    effects: list[AverageEffect] = []
    notes: list[str] = []

    def attempt(name: str, fit: Callable[[], AverageEffect]) -> None:
        try:
            effects.append(fit())
        except AnalysisError as error:
            notes.append(f"{name}: {error}")

    attempt(
        "linear probability",
        lambda: average_effect(linear_probability(rows.positive, x, clusters=rows.clusters), x, SIGNAL),
    )
    few: WildBootstrap | None = None
    if effects and (effects[0].clusters or 0) < FEW_CLUSTERS:
        few = wild_bootstrap(rows.positive, x, SIGNAL, clusters=rows.clusters)
        notes.append(few.note)
    if rows.matched:
        within = rows.within(x)
        attempt(keep("linear probability, vacancy fixed effects"), lambda: _fixed_effects(rows, within))
        attempt("conditional logit", lambda: _conditional(rows, within))
    attempt("probit", lambda: average_effect(probit(rows.positive, x, clusters=rows.clusters), x, SIGNAL))
    if rows.matched and _is_paired(rows):
        shared = _shared(rows, x)
        attempt("bivariate probit", lambda: _bivariate(rows, x, shared))
        differing = [str(name) for name in x.columns if name not in (*shared, SIGNAL)]
        if differing:
            notes.append(
                keep(
                    "The bivariate probit leaves out {differing}, in which the applications of a pair differ.",
                    differing=", ".join(differing),
                )
            )
    split: NeumarkResult | None = None
    if quality:
        try:
            split = neumark(rows.positive, x, treated=SIGNAL, clusters=rows.clusters)
            effects.append(split.average)
        except AnalysisError as error:
            notes.append(f"heteroskedastic probit: {error}")
    return ModelComparison(
        effects=tuple(effects),
        notes=tuple(notes),
        covariates=tuple(map(str, x.columns)),
        neumark=split,
        few_clusters=few,
    )


def _fixed_effects(rows: ApplicationRows, within: pd.DataFrame) -> AverageEffect:
    fitted = linear_probability_within(
        rows.positive, within, vacancies=rows.vacancies, clusters=rows.clusters, count_fixed_effects=False
    )
    return average_effect(fitted, within, SIGNAL)


def _conditional(rows: ApplicationRows, within: pd.DataFrame) -> AverageEffect:
    several = len(np.unique(rows.clusters)) < len(np.unique(rows.vacancies))
    fitted = conditional_logit(
        rows.positive, within, vacancies=rows.vacancies, clusters=rows.clusters if several else None
    )
    return average_effect(fitted, within, SIGNAL, outcome=rows.positive, vacancies=rows.vacancies)


def _is_paired(rows: ApplicationRows) -> bool:
    """Say whether every vacancy has one application of either arm."""
    codes = pd.factorize(rows.vacancies)[0]
    arms = np.bincount(codes * 2 + rows.treated.astype(np.int64))
    return bool(len(arms) % 2 == 0 and np.all(arms == 1))


def _arms(rows: ApplicationRows) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the control arm and of the treated arm, vacancy by vacancy."""
    codes = pd.factorize(rows.vacancies)[0]
    control, treated = (np.flatnonzero(rows.treated == mark) for mark in (0.0, 1.0))
    return control[np.argsort(codes[control])], treated[np.argsort(codes[treated])]


def _shared(rows: ApplicationRows, x: pd.DataFrame) -> list[str]:
    """Return the covariates that are the same for both applications of every pair."""
    control, treated = _arms(rows)
    values = x.to_numpy(dtype=np.float64)
    same = np.all(values[control] == values[treated], axis=0)
    return [str(name) for name, alike in zip(x.columns, same, strict=True) if alike]


def _bivariate(rows: ApplicationRows, x: pd.DataFrame, shared: list[str]) -> AverageEffect:
    control, treated = _arms(rows)
    covariates = x.iloc[control][shared].reset_index(drop=True)
    fitted = bivariate_probit(
        rows.positive[control], rows.positive[treated], covariates, clusters=np.asarray(rows.clusters)[control]
    )
    return average_effect(fitted, covariates, SIGNAL)
