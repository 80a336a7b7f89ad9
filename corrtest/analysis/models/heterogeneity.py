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
from corrtest.analysis.read import StudyTable, require_pairs
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.errors import AnalysisError, nearest
from corrtest.language import say
from corrtest.spec import parse_numbers

# Where one of these matters, the design is flawed; where one of the others does, that is a finding.
DESIGN_FACTORS = ("first_arm", "control_template", "treated_template", "control_letter", "treated_letter", "partner")
FINDINGS = ("occupation", "province", "employees", "customer_contact")
# Employer size in persons, by the bounds of Eurostat's size classes.
_SIZES = ((10, "1-9"), (50, "10-49"), (250, "50-249"))
_LARGEST = "250 and more"
# Fewer pairs than this at a value tell nothing about it by itself.
_FEWEST = 10
_OTHERS = "(other)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResult:
    """The difference at each value of a factor, and the test that all are equal."""

    factor: str
    outcome: str
    of_design: bool
    differences: FittedModel
    equal: JointTest

    def to_frame(self, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return one row a value of the factor."""
        return self.differences.to_frame(confidence_level).rename(
            columns={"term": self.factor, "coefficient": "rate_difference"}
        )


def difference_by(
    table: StudyTable,
    factor: str,
    *,
    outcome: str,
    criterion: str | None = None,
    outcomes: Mapping[str, Sequence[str]] | None = None,
) -> FactorResult:
    """Estimate the rate difference at each value of the column `factor`, and test that they are equal.

    Numbers of employees become size classes, and values with fewer than 10 pairs become one, "(other)".

    Raises
    ------
    AnalysisError
        There is no such column or outcome, or the column has one value.
    """
    positives = require_pairs(table, "A difference within pairs").outcomes(
        {name: tuple(words) for name, words in (outcomes or DEFAULT_OUTCOMES).items()}
    )
    if outcome not in positives:
        raise AnalysisError(
            say(
                "There is no outcome '{outcome}'. {nearest}", outcome=outcome, nearest=nearest(outcome, list(positives))
            )
        )
    if factor not in table.frame:
        raise AnalysisError(
            say(
                "There is no column '{factor}'. {nearest}",
                factor=factor,
                nearest=nearest(factor, [str(n) for n in table.frame.columns]),
            )
        )
    keep = _kept(table, criterion)
    values = _grouped(table.frame[factor][keep].reset_index(drop=True))
    if values.nunique() < 2:
        raise AnalysisError(say("Every pair has the same {factor}; there is nothing to compare.", factor=factor))
    control, treated = positives[outcome]
    difference = treated[keep].astype(np.float64) - control[keep]
    clusters = table.frame["employer"][keep].to_numpy() if "employer" in table.frame else np.arange(len(values))
    names = sorted(values.unique())
    each = pd.DataFrame({name: (values == name).astype(np.float64) for name in names})
    contrasts = indicators(values)
    return FactorResult(
        factor=factor,
        outcome=outcome,
        of_design=factor in DESIGN_FACTORS,
        differences=linear_probability(difference, each, clusters=clusters, binary=False),
        equal=joint_test(
            difference,
            with_intercept(contrasts),
            tuple(map(str, contrasts.columns)),
            clusters=clusters,
            binary=False,
        ),
    )


def heterogeneity(
    table: StudyTable,
    *,
    outcome: str,
    factors: Sequence[str] = (),
    criterion: str | None = None,
    outcomes: Mapping[str, Sequence[str]] | None = None,
) -> tuple[tuple[FactorResult, ...], tuple[str, ...]]:
    """Return every factor of the design and every further one that the table knows, and why others are left out.

    Parameters
    ----------
    factors : sequence of str
        Which columns; else those of `DESIGN_FACTORS` and `FINDINGS` that the table has.
    """
    chosen = factors or [name for name in (*DESIGN_FACTORS, *FINDINGS) if name in table.frame]
    found, notes = [], []
    for factor in chosen:
        try:
            found.append(difference_by(table, factor, outcome=outcome, criterion=criterion, outcomes=outcomes))
        except AnalysisError as error:
            if factors and factor not in table.frame:
                raise
            notes.append(f"{factor}: {error}")
    return tuple(found), tuple(notes)


def _kept(table: StudyTable, criterion: str | None) -> np.ndarray:
    if criterion is None:
        return np.ones(len(table), dtype=np.bool_)
    keep = (table.frame["criterion"] == criterion).to_numpy(dtype=np.bool_)
    if not keep.any():
        raise AnalysisError(say("No pair tests the criterion '{criterion}'.", criterion=criterion))
    return keep


def _grouped(values: pd.Series) -> pd.Series:
    numbers = parse_numbers(values)
    if values.name == "employees" and numbers.notna().all():
        classes = [next((name for bound, name in _SIZES if n < bound), _LARGEST) for n in numbers]
        values = pd.Series(classes, index=values.index, name=values.name)
    text = values.astype(str)
    rare = text.map(text.value_counts()) < _FEWEST
    return text.where(~rare, _OTHERS)
