"""Neumark 2012: the heteroskedastic probit on the résumés of Bertrand and Mullainathan.

Run with ``python analysis/replicate.py neumark_2012 [--data DIR]``: the data are not part of the project (see plan.md).

R's figures differ by up to 0.00004 from ours. `explain` shows why: R's `optim` was given no gradient, and then takes
central differences with a step of 0.001; the point at which those vanish is not quite the maximum.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize, root
from scipy.special import log_ndtr

from corrtest.analysis.models import heteroskedastic_probit, neumark, with_intercept

QUALITIES = {
    "h": "h1",
    "years_exp": "yearsexp",
    "honors": "honors",
    "volunteer": "volunteer",
    "military": "military",
    "emp_holes": "empholes",
    "work_in_school": "workinschool",
    "email": "email",
    "computer_skills": "computerskills",
    "special_skills": "specialskills",
}
MODEL = "hetprobit black + 10 resume vars (yearsexp/10), sd=exp(d*black)"

# What R's documentation of optim calls ndeps, and its default.
R_STEP = 1e-3


def compare(data: Path) -> list[dict[str, object]]:
    """Return the figures of R (maximum likelihood on the same covariates) and our own."""
    table = pd.read_csv(data / "bertrand_mullainathan_2004.csv", low_memory=False)
    quality = table[list(QUALITIES)].astype(float).rename(columns=QUALITIES)
    quality["yearsexp"] /= 10
    black = pd.DataFrame({"black": (table["race"] == "b").astype(float)})
    result = neumark(table["call"], with_intercept(pd.concat([black, quality], axis=1)), treated="black")
    oracle = pd.read_csv(data / "regression_oracle.csv").set_index(["model", "quantity"])["value"]
    names = {"(Intercept)": "const", "log_sd:treated": "lnsigma_black"}
    rows: list[dict[str, object]] = []
    for term in result.heteroskedastic.terms:
        name = names.get(term, term)
        for what, ours in (
            ("b", result.heteroskedastic.coefficient(term)),
            ("se", result.heteroskedastic.standard_error(term)),
        ):
            rows.append(_row(f"{term}: {what}", oracle[(MODEL, f"{name}:{what}")], ours))
    rows.append(_row("log likelihood", oracle[("hetprobit", "logLik")], result.heteroskedastic.log_likelihood))
    rows.append(
        _row("log likelihood, plain probit", oracle[("probit same covariates", "logLik")], result.plain.log_likelihood)
    )
    own = {
        "ratio of standard deviations, black / white": result.sd_ratio,
        "marginal effect of black, plain probit": result.plain_effect,
        "marginal effect of black, heteroskedastic: level": result.level_effect,
        "… its standard error": result.level_standard_error,
        "marginal effect of black, heteroskedastic: variance": result.variance_effect,
        "… its standard error ": result.variance_standard_error,
        "test of equal standard deviations, p": result.equal_variance_pvalue,
        "test of equal effects of quality, p": result.equal_quality_pvalue,
    }
    rows += [{"quantity": q, "published": None, "source": "corrtest", "ours": value} for q, value in own.items()]
    return rows


def _row(quantity: str, published: float, ours: float | None) -> dict[str, object]:
    return {"quantity": quantity, "published": published, "source": "R, maximum likelihood", "ours": ours}


class Likelihood:
    """The log likelihood of the heteroskedastic probit, written apart from the package's."""

    def __init__(self, table: pd.DataFrame) -> None:
        quality = table[list(QUALITIES)].astype(float).rename(columns=QUALITIES)
        quality["yearsexp"] /= 10
        self.black = (table["race"] == "b").to_numpy(dtype=float)
        self.frame = with_intercept(pd.concat([pd.DataFrame({"black": self.black}), quality], axis=1))
        self.x = self.frame.to_numpy(dtype=float)
        self.called = table["call"].to_numpy(dtype=float)

    def value(self, parameters: np.ndarray) -> float:
        """Return Σ log Φ(± x'β / exp(δ·black))."""
        index = self.x @ parameters[:-1] * np.exp(-parameters[-1] * self.black)
        return float(log_ndtr((2 * self.called - 1) * index).sum())

    def slope(self, parameters: np.ndarray, step: float) -> np.ndarray:
        """Return central differences of the log likelihood."""
        shifts = step * np.eye(len(parameters))
        return np.array([(self.value(parameters + s) - self.value(parameters - s)) / (2 * step) for s in shifts])

    def curvature(self, parameters: np.ndarray, step: float) -> np.ndarray:
        """Return central differences of the central differences, as R's `optimHess` takes them."""
        shifts = step * np.eye(len(parameters))
        rows = [(self.slope(parameters + s, step) - self.slope(parameters - s, step)) / (2 * step) for s in shifts]
        return (np.array(rows) + np.array(rows).T) / 2


def explain(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the log likelihood and the largest slope at three points, and the parameters by R and by R's rule."""
    likelihood = Likelihood(pd.read_csv(data / "bertrand_mullainathan_2004.csv", low_memory=False))
    oracle = pd.read_csv(data / "regression_oracle.csv").set_index(["model", "quantity"])["value"]
    names = ["const", *likelihood.frame.columns[1:], "lnsigma_black"]
    of_r = np.array([oracle[(MODEL, f"{name}:b")] for name in names])
    ours = heteroskedastic_probit(likelihood.called, likelihood.frame, treated="black").coefficients
    other = minimize(
        lambda p: -likelihood.value(p),
        of_r,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13, "maxfev": 40_000},
    )
    rule = root(lambda p: likelihood.slope(p, R_STEP), ours, tol=1e-12).x
    points = {"R": of_r, "corrtest": ours, "Nelder and Mead's search, started at R's point": other.x}
    values = pd.DataFrame(
        [
            {
                "point": name,
                "log_likelihood": likelihood.value(point),
                "above_R": likelihood.value(point) - likelihood.value(of_r),
                "largest_slope": np.abs(likelihood.slope(point, 1e-5)).max(),
                "black": point[1],
                "log_sd_black": point[-1],
            }
            for name, point in points.items()
        ]
    )
    errors = np.sqrt(np.diag(np.linalg.inv(-likelihood.curvature(rule, R_STEP))))
    rows = [
        {"quantity": f"{name}: {what}", "R": theirs, "by_R_rule": found, "difference": found - theirs}
        for place, name in enumerate(names)
        for what, theirs, found in (
            ("b", of_r[place], rule[place]),
            ("se", oracle[(MODEL, f"{name}:se")], errors[place]),
        )
    ]
    return values, pd.DataFrame(rows)


def further(data: Path) -> dict[str, pd.DataFrame]:
    """Return where the maximum is, and the figures by R's own rule."""
    values, rule = explain(data)
    return {"maximum": values, "r_rule": rule}
