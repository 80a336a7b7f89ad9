"""Contrasts between two release sets: the analysis' own comparison, on released values alone."""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.analysis import Comparison, GroupResult, Results, compare_results
from corrtest.disclosure import Release, ReleaseSet
from corrtest.errors import AnalysisError

_LABELS = ("first", "second")


def contrasts(
    first: ReleaseSet, second: ReleaseSet, *, across_sectors: bool = False
) -> Mapping[tuple[tuple[str, str | None], ...], Comparison]:
    """Return each cell that both sets show with its comparison (second ÷ first), by `contrast_key`.

    The two are taken as independent measurements; each interval is the released one, widened for what protects
    employers.
    """
    levels = {estimate.confidence_level for release in (*first, *second) for estimate in release.estimates}
    try:
        found = compare_results(
            [released_results(each) for each in (first, second)],
            _LABELS,
            across_sectors=across_sectors,
            confidence_level=min(levels, default=0.95),
        )
    except AnalysisError:
        return {}  # no cell that both show
    return {tuple(sorted(comparison.key.items(), key=str)): comparison for comparison in found.comparisons}


def contrast_key(release: Release, *, across_sectors: bool = False) -> tuple[tuple[str, str | None], ...]:
    """Return the key of a release in `contrasts`."""
    keys = release.keys
    if across_sectors:
        keys = {name: value for name, value in keys.items() if name not in ("sector", "joint_committee")}
    return tuple(sorted(keys.items(), key=str))


def released_results(releases: ReleaseSet) -> Results:
    """Return the shown cells in the form that the analysis compares; nothing that the gate withheld is in it."""
    groups = tuple(
        GroupResult(
            sector=release.sector,
            joint_committee=release.joint_committee,
            criterion=release.criterion,
            level=release.level,
            outcome=release.outcome,
            pairs=release.pairs,
            employers=release.employers,
            counts=release.counts,
            estimates=release.estimates,
            tests=release.tests,
            design_effect=release.design_effect,
            extra={name: value or "" for name, value in release.extra.items()},
        )
        for release in releases
        if release.counts is not None and release.pairs is not None
    )
    return Results(groups=groups, simulated=releases.simulated, study=releases.study)
