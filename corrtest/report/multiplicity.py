"""The results of each preregistered family with their p-values, plain and adjusted over the family."""

from __future__ import annotations

from dataclasses import dataclass

from corrtest.disclosure import Release
from corrtest.report.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """One result with its p-value, plain and adjusted; None where it is hidden or not defined."""

    release: Release
    pvalue: float | None
    adjusted: float | None


def adjusted_family(view: View, family: str) -> tuple[Adjusted, ...]:
    """Return the results of a family of the analysis; empty where fewer than two are tested."""
    names = ("sector", "joint_committee", "criterion", "level")
    by_key = {
        tuple(getattr(release, name) for name in names): release
        for release in view.releases
        if release.outcome == view.main_outcome and not any(release.extra.values())
    }
    tests = [test for each in view.families.get("families", ()) if each["family"] == family for test in each["tests"]]
    if len(tests) < 2:
        return ()
    return tuple(
        Adjusted(
            release=release,
            pvalue=test["pvalue"],
            adjusted=None if test["pvalue"] is None else test["pvalue_adjusted"],
        )
        for test in tests
        if (release := by_key.get(tuple(test[name] for name in names))) is not None
    )
