"""Does the difference between the arms depend on the sending order, the template, the occupation, …?

Every pair's own difference, treated − control, is regressed on a factor of the pair. A template or an order that
matters is a flaw of the design to be told; an occupation or a province that matters is a finding. The joint test is
robust to pairs of one employer being alike and holds with few employers (CR2, HTZ).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corrtest.analysis.models.fitted import FittedModel, indicators, with_intercept
from corrtest.analysis.models.linear_probability import JointTest, joint_test, linear_probability
from corrtest.analysis.pairs import PairsTable
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.errors import AnalysisError, nearest

DESIGN_FACTORS = ("first_arm", "control_template", "treated_template", "letter", "partner")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResult:
    """The difference at each value of a factor, and the test that all are equal."""

    factor: str
    outcome: str
    differences: FittedModel
    equal: JointTest

    def to_frame(self) -> pd.DataFrame:
        """Return one row a value of the factor."""
        return self.differences.to_frame().rename(columns={"term": self.factor, "coefficient": "rate_difference"})


def difference_by(
    table: PairsTable,
    factor: str,
    *,
    outcome: str,
    outcomes: Mapping[str, Sequence[str]] | None = None,
) -> FactorResult:
    """Estimate the rate difference at each value of the column `factor`, and test that they are equal.

    Raises
    ------
    AnalysisError
        There is no such column or outcome, or the column has one value.
    """
    positives = table.outcomes({name: tuple(words) for name, words in (outcomes or DEFAULT_OUTCOMES).items()})
    if outcome not in positives:
        raise AnalysisError(f"There is no outcome '{outcome}'. {nearest(outcome, list(positives))}")
    if factor not in table.frame:
        raise AnalysisError(f"There is no column '{factor}'. {nearest(factor, [str(n) for n in table.frame.columns])}")
    values = table.frame[factor].astype(str)
    if values.nunique() < 2:
        raise AnalysisError(f"Every pair has the same {factor}; there is nothing to compare.")
    control, treated = positives[outcome]
    difference = treated.astype(np.float64) - control
    clusters = table.frame["employer"] if "employer" in table.frame else np.arange(len(values))
    names = sorted(values.unique())
    each = pd.DataFrame({name: (values == name).astype(np.float64) for name in names})
    contrasts = indicators(values)
    return FactorResult(
        factor=factor,
        outcome=outcome,
        differences=linear_probability(difference, each, clusters=clusters, binary=False),
        equal=joint_test(
            difference,
            with_intercept(contrasts),
            tuple(map(str, contrasts.columns)),
            clusters=clusters,
            binary=False,
        ),
    )
