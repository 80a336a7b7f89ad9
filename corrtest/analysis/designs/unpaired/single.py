"""One table of two independent arms, by its four numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from corrtest.analysis.designs.unpaired.chi_squared import chi_squared, chi_squared_corrected, chi_squared_note
from corrtest.analysis.designs.unpaired.estimating import arm_estimate
from corrtest.analysis.group_result import Estimate, TestResult
from corrtest.analysis.handling import as_html
from corrtest.analysis.statistics import OF_ARMS
from corrtest.analysis.tables import ArmCounts, ArmTables, Tests
from corrtest.errors import AnalysisError
from corrtest.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedResult:
    """Estimates and test of two independent arms."""

    control_applications: int
    control_positives: int
    treated_applications: int
    treated_positives: int
    estimates: tuple[Estimate, ...]
    tests: tuple[TestResult, ...]

    def estimate(self, name: str) -> Estimate:
        """Return the estimate called `name`; KeyError where there is none."""
        for estimate in self.estimates:
            if estimate.name == name:
                return estimate
        raise KeyError(name)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate."""
        return pd.DataFrame([estimate.to_dict() for estimate in self.estimates])

    def to_dict(self) -> dict[str, object]:
        """Return the result for JSON."""
        return asdict(self)

    def _repr_html_(self) -> str:
        return as_html(self.to_frame())


def unmatched(
    control_positives: int,
    control_applications: int,
    treated_positives: int,
    treated_applications: int,
    *,
    confidence_level: float = 0.95,
) -> UnmatchedResult:
    """Compare two independent arms.

    Raises
    ------
    AnalysisError
        A number is negative, or an arm has more positives than applications, or none.
    """
    for arm, positives, applications in (
        ("control", control_positives, control_applications),
        ("treated", treated_positives, treated_applications),
    ):
        if not 0 <= positives <= applications or applications < 1:
            raise AnalysisError(
                say(
                    "The {arm} arm has {positives} positive reactions to {applications} applications; expected at "
                    "least one application, and from 0 to that many positives.",
                    arm=arm,
                    positives=positives,
                    applications=applications,
                )
            )
    counts = ArmCounts(
        control_positive=control_positives,
        control_other=control_applications - control_positives,
        treated_positive=treated_positives,
        treated_other=treated_applications - treated_positives,
    )
    tables = ArmTables.of_counts(counts)
    tests = {"chi_squared_corrected": chi_squared_corrected(tables), "chi_squared": chi_squared(tables)}
    return UnmatchedResult(
        control_applications=control_applications,
        control_positives=control_positives,
        treated_applications=treated_applications,
        treated_positives=treated_positives,
        estimates=tuple(
            arm_estimate(statistic, counts, statistic.interval(tables, confidence_level), 0, confidence_level)
            for statistic in OF_ARMS.values()
            if statistic.standard
        ),
        tests=tuple(_tested(name, test, counts) for name, test in tests.items()),
    )


def _tested(name: str, test: Tests, counts: ArmCounts) -> TestResult:
    undefined = bool(np.isnan(test.pvalue[0]))
    return TestResult(
        name=name,
        statistic=None if undefined else float(test.statistic[0]),
        pvalue=None if undefined else float(test.pvalue[0]),
        note=chi_squared_note(counts) if undefined else None,
    )
