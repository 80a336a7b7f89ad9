"""The gate takes no results by a column that is one employer's, one pair's, or internal."""

import dataclasses

import pytest

from corrtest.disclosure import default_policy, release
from corrtest.errors import DisclosureError


def grouped(results, name, number):
    """Return results with further groups by a column: the first group once more for each value."""
    first = results.groups[0]
    groups = [
        dataclasses.replace(first, extra={name: f"v{n}"}, pairs=30, employers=1 + 29 * (number < 10))
        for n in range(number)
    ]
    return dataclasses.replace(results, groups=(*results.groups, *groups))


@pytest.mark.parametrize(
    ("name", "number"),
    [("employer", 3), ("Pair_ID", 3), ("vacancy", 3), ("address", 3), ("firm", 40), ("status", 2), ("first_arm", 2)],
)
def test_results_by_such_a_column_are_refused(construction, name, number):
    with pytest.raises(DisclosureError, match=f"by '{name}' may not leave"):
        release(grouped(construction, name, number), default_policy())
