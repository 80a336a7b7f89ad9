"""Which pairs stand in which group: every group is found back, whatever the order of the rows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from corrtest.analysis import Membership, Results, analyse, pairs_table
from tests.disclosure.sectors import one_application_each, sector_pairs, with_automatic_answers


def inside(membership: Membership, group) -> list:
    """Return the atoms of a group."""
    fixed = {name: value for name, value in group.key.items() if value is not None and name != "outcome"}
    where = [membership.fields.index(name) for name in fixed]
    wanted = tuple(fixed.values())
    return [atom for atom in membership.atoms if tuple(atom.values[place] for place in where) == wanted]


@pytest.mark.parametrize("unpaired", [False, True])
def test_every_group_is_a_union_of_atoms(unpaired):
    table = sector_pairs(3, committees={"318": 40, "330": 60}).assign(
        province=lambda frame: np.where(frame.index % 3, "Limburg", "Namur")
    )
    results = analyse(pairs_table(one_application_each(table) if unpaired else table), by=("province",))
    assert results.membership is not None
    assert results.membership.fields == ("sector", "criterion", "level", "joint_committee", "province")
    for group in results.groups:
        atoms = inside(results.membership, group)
        pairs = [pair for atom in atoms for pair in atom.pairs]
        employers = pd.Series([employer for atom in atoms for employer in atom.employers]).value_counts()
        assert len(set(pairs)) == len(pairs) == group.pairs
        assert {int(size): int(n) for size, n in employers.value_counts().items()} == group.employer_sizes
    assert Results.from_json(results.to_json()) == results


def test_tokens_do_not_depend_on_the_order_of_rows_nor_on_other_rows():
    table = sector_pairs(3)
    whole = analyse(pairs_table(table)).membership
    mixed = analyse(pairs_table(table.sample(frac=1, random_state=1))).membership
    assert whole == mixed
    fewer = analyse(pairs_table(table.iloc[7:])).membership
    held = {pair for atom in whole.atoms for pair in atom.pairs}
    assert {pair for atom in fewer.atoms for pair in atom.pairs} < held
    assert len(held) == 600


def test_odd_pairs_are_told_apart():
    table = with_automatic_answers(sector_pairs(3), 0.2)
    membership = analyse(pairs_table(table)).membership
    odd = (table[["control_reaction", "treated_reaction"]] == "automatic").any(axis=1).sum()
    assert len(membership.odd) == odd > 0


def test_results_of_a_national_measurement_stay_readable():
    """36,000 pairs: the file grows by one line an atom, less than a megabyte in all."""
    table = pd.concat(
        [sector_pairs(1, committees={str(300 + n): 1714 for n in range(7)}, criteria=("origin", "age", "disability"))]
    )
    results = analyse(pairs_table(table))
    assert sum(group.pairs for group in results.groups if group.joint_committee is None and group.level is None) > 70000
    text = json.dumps(results.membership.to_dict())
    assert len(text) < 1_000_000
