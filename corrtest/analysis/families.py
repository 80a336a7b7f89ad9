"""P-values adjusted over the families of hypotheses that the study preregistered.

Two families are tested, each on the primary outcome: one hypothesis a criterion for the sector, and one for each
criterion in each joint committee. A committee that the study planned and that has no pair, or whose test is
undefined, stays in its family with p = 1: leaving it out would make the family smaller after the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from corrtest.analysis.group_result import Keyed, TestResult
from corrtest.analysis.pooling.multiplicity import benjamini_hochberg, holm
from corrtest.analysis.preregistered import planned_rows, primary_outcome
from corrtest.analysis.tables import FloatArray

SECTOR, COMMITTEES, COMPARISONS = "criteria", "criteria x joint committees", "comparisons"
_ADJUST: Mapping[str, Callable[[Sequence[float]], FloatArray]] = {
    "holm": holm,
    "benjamini_hochberg": benjamini_hochberg,
}


class Tested(Keyed, Protocol):
    """A result of the analysis, or what was released of one: then without a test where it is hidden."""

    @property
    def tests(self) -> Sequence[TestResult]:
        """Its tests; the first decides."""


def adjusted_families(
    groups: Sequence[Tested], *, method: str, study: Mapping[str, Any] | None = None, comparisons: bool = False
) -> dict[str, Any] | None:
    """Return each family with its tests, p-values plain and adjusted; None where the table has no criterion.

    Parameters
    ----------
    method : "holm", "benjamini_hochberg" or "none"
        "none" leaves the p-values as they are.
    study : mapping, optional
        The study's description: it says which committees belong to the family. Else those of the table do.
    comparisons : bool
        The groups are comparisons with one reference candidate, which are one family.
    """
    tested = [group for group in groups if group.criterion is not None and not any(group.extra.values())]
    if not tested:
        return None
    outcome = primary_outcome([group.outcome for group in tested], study)
    tested = [group for group in tested if group.outcome == outcome]
    if comparisons:
        families = {COMPARISONS: [_tested(group) for group in tested if group.level is not None]}
    else:
        whole = [group for group in tested if group.level is None]
        families = {
            SECTOR: [_tested(group) for group in whole if group.joint_committee is None],
            COMMITTEES: [
                *(_tested(group) for group in whole if group.joint_committee is not None),
                *_without_rows(whole, study),
            ],
        }
    return {
        "method": method,
        "outcome": outcome,
        "families": [{"family": name, "tests": _adjusted(tests, method)} for name, tests in families.items() if tests],
    }


def adjusted_pvalue(families: Mapping[str, Any] | None, group: Tested) -> float | None:
    """Return a result's p-value adjusted over its family; None where it is in none, as exploratory ones are."""
    if families is None or group.outcome != families["outcome"] or any(group.extra.values()):
        return None
    names = ("sector", "joint_committee", "criterion", "level")
    for family in families["families"]:
        for test in family["tests"]:
            if all(test.get(name) == getattr(group, name) for name in names):
                return float(test["pvalue_adjusted"])
    return None


def _tested(group: Tested) -> dict[str, Any]:
    test = group.tests[0] if group.tests else None
    return {
        "sector": group.sector,
        "joint_committee": group.joint_committee,
        "criterion": group.criterion,
        "level": group.level,
        "pairs": group.pairs,
        "test": None if test is None else test.name,
        "pvalue": None if test is None else test.pvalue,
    }


def _without_rows(whole: Sequence[Tested], study: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the planned committees of which nothing is in the table."""
    present = {(group.criterion, group.joint_committee) for group in whole}
    sectors = {group.sector for group in whole}
    sector = sectors.pop() if len(sectors) == 1 else None
    empty = {"level": None, "pairs": 0, "test": None, "pvalue": None}
    return [
        {"sector": sector, "joint_committee": committee, "criterion": criterion, **empty}
        for criterion, committee in planned_rows(study)
        if (criterion, committee) not in present
    ]


def _adjusted(tests: list[dict[str, Any]], method: str) -> list[dict[str, Any]]:
    pvalues = [1.0 if test["pvalue"] is None else test["pvalue"] for test in tests]
    adjusted = adjusted_pvalues(pvalues, method)
    return [{**test, "pvalue_adjusted": value} for test, value in zip(tests, adjusted, strict=True)]


def adjusted_pvalues(pvalues: Sequence[float], method: str) -> list[float]:
    """Return p-values adjusted over their family; as they are where the method is "none"."""
    return [float(p) for p in _ADJUST[method](pvalues)] if pvalues and method in _ADJUST else list(pvalues)
