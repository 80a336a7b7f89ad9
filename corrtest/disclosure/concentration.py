"""What a report may say of how unequal treatment is spread over employers: coarse figures over many of them.

The variance between employers is a sum of what each employer's own pairs say of each other, so that a coalition that
knows its own part, the plan and all counts is left with the same sum over the others. It passes where many stand
outside every coalition, for a cell whose counts are shown, and once: figures of other pairs of the same cell, laid
beside those that left before, would give the part of the employers in which they differ. Figures are rounded to whole
percentage points, shares to twentieths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import Release

# Each employer weighs the same in the variance: with so many outside, one is at most a twentieth of what is not known.
EMPLOYERS_OUTSIDE = 20
_POINT, _SHARE = 0.01, 0.05


def public_concentration(
    rows: Sequence[Mapping[str, Any]],
    releases: Sequence[Release],
    policy: Policy,
    *,
    first_or_same: Callable[[int], bool],
) -> tuple[dict[str, Any], ...]:
    """Return the rows of `Results.concentration` that may leave, rounded.

    Parameters
    ----------
    first_or_same : callable
        Says of the release at a place whether its cell never left before, or left with the very same figures.
    """
    if not policy.exact:
        return ()
    made = []
    for row in rows:
        place = _place(row, releases)
        if place is None or not releases[place].shown or not first_or_same(place):
            continue
        if row["variance"] is None or employers_outside(row["sizes"], policy) < EMPLOYERS_OUTSIDE:
            continue
        made.append(
            {
                **{name: row[name] for name in ("sector", "criterion", "outcome", "employers", "confidence_level")},
                "standard_deviation": _rounded(row["standard_deviation"], _POINT),
                "differ": bool(row["variance_lower"] > 0),
                **{
                    name: _rounded(row[name], _SHARE)
                    for name in ("share_least", "share_most", "share", "share_lower", "share_upper")
                },
            }
        )
    return tuple(made)


def employers_outside(sizes: Sequence[Sequence[int]], policy: Policy) -> int:
    """Return how many employers stand outside every coalition, at least.

    A coalition is any number of employers up to the policy's, or any more that hold up to its share of the pairs: the
    most employers that do are the smallest ones.

    Parameters
    ----------
    sizes : sequence of (pairs, employers)
        How many employers have each number of pairs.
    """
    employers = sum(number for _, number in sizes)
    left = policy.coalition_share * sum(size * number for size, number in sizes)
    members = 0
    for size, number in sorted(map(tuple, sizes)):
        joining = min(number, int(left // size))
        members += joining
        left -= joining * size
    return employers - max(min(policy.coalition_employers, employers), members)


def _place(row: Mapping[str, Any], releases: Sequence[Release]) -> int | None:
    wanted = {"sector": row["sector"], "criterion": row["criterion"], "outcome": row["outcome"]}
    for place, release in enumerate(releases):
        if {name: value for name, value in release.keys.items() if value is not None} == {
            name: value for name, value in wanted.items() if value is not None
        }:
            return place
    return None


def _rounded(value: float | None, base: float) -> float | None:
    return None if value is None else round(round(value / base) * base, 6)
