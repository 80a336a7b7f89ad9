"""P-values of released results, adjusted for the number of results that are read at once.

Those of the analysis follow from true counts, so they stay inside. Here a p-value is that of the released log ratio
with the variance that its released interval tells; the family is the one that the analysis tests, one result a
criterion on the strict outcome, and a hidden result stays in it with p = 1, which can only make the others larger.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scipy.stats import norm

from corrtest.analysis import benjamini_hochberg, holm
from corrtest.disclosure import Release
from corrtest.report.shrinkage import log_and_variance
from corrtest.report.view import View

ADJUSTMENTS: Mapping[str, Callable[[Sequence[float]], Any]] = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """One result with its p-value, plain and adjusted; None where it is hidden or not defined."""

    release: Release
    pvalue: float | None
    adjusted: float | None


def method_of(view: View) -> str:
    """Return how the study adjusts: "holm" unless it says otherwise."""
    return str((view.releases.study.get("analysis") or {}).get("multiplicity") or "holm")


def family_outcome(view: View) -> str:
    """Return the outcome that is tested: the strict one, or the only one."""
    return "strict" if "strict" in view.outcomes else view.outcomes[0]


def adjusted_family(view: View) -> tuple[Adjusted, ...]:
    """Return the results of the family; empty where it has fewer than two, or the study adjusts nothing."""
    outcome, method = family_outcome(view), method_of(view)
    family = [release for criterion in view.criteria for release in view.headline(criterion, outcome)]
    if len(family) < 2 or method not in ADJUSTMENTS:
        return ()
    pvalues = [_pvalue(release) for release in family]
    adjusted = ADJUSTMENTS[method]([1.0 if pvalue is None else pvalue for pvalue in pvalues])
    return tuple(
        Adjusted(release=release, pvalue=own, adjusted=None if own is None else float(made))
        for release, own, made in zip(family, pvalues, adjusted, strict=True)
    )


def _pvalue(release: Release) -> float | None:
    found = log_and_variance(release)
    return None if found is None else float(2 * norm.sf(abs(found[0]) / math.sqrt(found[1])))
