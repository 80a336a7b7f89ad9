"""Small committees shown together: no more than a reader has by subtraction, and rather than a large one hidden."""

import dataclasses

import numpy as np
import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import default_policy, release
from tests.disclosure.sectors import sector_pairs, sector_results

POLICY = default_policy()
COMMITTEES = {"318": 9, "319": 12, "330": 200, "331": 120}


def cells_of(released, *, criterion="age", outcome="broad"):
    return [cell for cell in released if (cell.criterion, cell.outcome, cell.level) == (criterion, outcome, None)]


def test_tiny_committees_stand_together_and_no_large_one_is_lost():
    """9 and 14 pairs: together they are enough, but 9 leave too little room for 14; the next smallest goes along."""
    released = release(sector_results(1, committees={**COMMITTEES, "319": 25, "318": 9, "327": 14}), POLICY)
    cells = {cell.joint_committee: cell for cell in cells_of(released)}
    assert cells["330"].shown
    assert cells["331"].shown
    (merged,) = [each for each in released.merged if (each.criterion, each.outcome) == ("age", "broad")]
    assert merged.joint_committee == "318 + 319 + 327"
    assert merged.pairs == 48


def test_the_merged_row_is_the_difference_that_a_reader_can_make_himself():
    released = release(sector_results(1, committees=COMMITTEES), POLICY)
    for merged in released.merged:
        cells = cells_of(released, criterion=merged.criterion, outcome=merged.outcome)
        total = next(cell for cell in cells if cell.joint_committee is None)
        shown = [cell for cell in cells if cell.joint_committee is not None and cell.shown]
        assert total.shown
        assert merged.pairs == total.pairs - sum(cell.pairs for cell in shown)
        for name, count in merged.counts.as_dict().items():
            assert count == total.counts.as_dict()[name] - sum(cell.counts.as_dict()[name] for cell in shown)
    assert released.merged


def test_a_sum_that_is_of_too_few_employers_is_not_shown():
    table = sector_pairs(1, committees=COMMITTEES)
    assert release(analyse(pairs_table(table), simulated=True), POLICY).merged
    small = table["joint_committee"].isin(["318", "319"])
    few = table.assign(employer=np.where(small, "E" + (np.arange(len(table)) % 9).astype(str), table["employer"]))
    for merged in release(analyse(pairs_table(few), simulated=True), POLICY).merged:
        assert merged.joint_committee != "318 + 319"


@pytest.mark.parametrize("committees", [{"318": 8, "330": 200}, {"318": 100, "330": 200}])
def test_nothing_is_merged_where_the_sum_is_the_total_or_nothing_is_hidden(committees):
    assert release(sector_results(1, committees=committees), POLICY).merged == ()


def test_a_policy_can_leave_merged_rows_out():
    separate = dataclasses.replace(POLICY, merge_small=False)
    assert release(sector_results(1, committees=COMMITTEES), separate).merged == ()
