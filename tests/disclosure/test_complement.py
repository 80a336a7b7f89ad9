"""Complementary suppression against what a reader can compute, enumerated here, and coalitions, enumerated too."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from corrtest.disclosure import default_policy
from corrtest.disclosure.atoms import Atoms
from corrtest.disclosure.complement import Cells, complementary

POLICY = default_policy()
SIZES_ALONE = dataclasses.replace(
    POLICY,
    protection="all_but_one",
    min_employers=10,
    coalition_employers=1,
    outside_employers=1,
    largest_share=1.0,
    together_share=1.0,
    remainder_share=0.0,
)
# A coalition of one employer or a quarter of the pairs, and two outside: small enough to enumerate everything.
SMALL = dataclasses.replace(
    POLICY,
    min_pairs=4,
    min_employers=3,
    coalition_employers=1,
    outside_employers=2,
    largest_share=0.6,
    together_share=0.9,
    remainder_share=0.1,
)


def cells_of(sets, employers, primary, known=(), counts=()) -> Cells:
    return Cells(
        atoms=Atoms.of([np.array(sorted(held), dtype=np.int64) for held in sets], np.array(employers)),
        cell_of=np.arange(len(sets)),
        primary=frozenset(primary),
        known=frozenset(known),
        counts=[np.array(each, dtype=np.int64) for each in counts],
    )


def crossed(sizes: np.ndarray):
    """Return the cells of a table with both margins and the total, as names and as sets of numbered pairs."""
    rows, columns = sizes.shape
    ends = np.cumsum(sizes.reshape(-1)).reshape(sizes.shape)
    pairs = {(r, c): set(range(ends[r, c] - sizes[r, c], ends[r, c])) for r, c in product(range(rows), range(columns))}
    names = list(product((None, *range(rows)), (None, *range(columns))))
    sets = [
        set().union(*(held for (r, c), held in pairs.items() if name[0] in (None, r) and name[1] in (None, c)))
        for name in names
    ]
    return names, sets


def widest(sets, hidden, target) -> float:
    """Return how far a reader can say where a set's positives lie, as a share of its range (1 = nothing known)."""
    pairs = sorted(set().union(*sets))
    shown = np.array([[pair in held for pair in pairs] for n, held in enumerate(sets) if n not in hidden], dtype=float)
    goal = -np.array([pair in target for pair in pairs], dtype=float)
    equal = {"A_eq": shown, "b_eq": np.zeros(len(shown))} if len(shown) else {}
    solved = linprog(goal, bounds=(-0.5, 0.5), **equal)
    return -solved.fun / (len(target) / 2)


@settings(max_examples=15)
@given(st.integers(2, 4), st.integers(2, 3), st.lists(st.integers(1, 60), min_size=12, max_size=12))
def test_no_hidden_cell_can_be_narrowed_and_no_hidden_sum_is_too_small(rows, columns, numbers):
    sizes = np.array(numbers[: rows * columns]).reshape(rows, columns)
    names, sets = crossed(sizes)
    primary = {n for n, held in enumerate(sets) if len(held) < 20}
    cells = cells_of(sets, range(int(sizes.sum())), primary)
    hidden = primary | complementary(cells, SIZES_ALONE)
    for target in primary:
        assert widest(sets, hidden, sets[target]) > 1 - 1e-6
    for axis in (0, 1):
        for total, name in enumerate(names):
            parts = [
                n for n, other in enumerate(names) if other[1 - axis] == name[1 - axis] and other[axis] is not None
            ]
            closed = [n for n in parts if n in hidden]
            if name[axis] is None and total not in hidden and closed:
                assert len(closed) >= 2
                assert sum(len(sets[n]) for n in closed) >= 20
    if not primary:
        assert hidden == set()


def test_as_little_as_possible_is_hidden():
    # One small cell in a 3 × 3 table: three more make the rectangle that protects it, and the least one is found.
    names, sets = crossed(np.array([[5, 30, 90], [40, 25, 80], [70, 60, 50]]))
    small = names.index((0, 0))
    chosen = complementary(cells_of(sets, range(450), {small}), SIZES_ALONE)
    assert sorted(len(sets[n]) for n in chosen) == [25, 30, 40]
    assert chosen == complementary(cells_of(sets, range(450), {small}), SIZES_ALONE)


def test_a_cell_that_was_shown_before_protects_nothing():
    sets = [set(range(100)), set(range(10)), set(range(10, 40)), set(range(40, 100))]
    assert complementary(cells_of(sets, range(100), {1}), SIZES_ALONE) == {2}
    assert complementary(cells_of(sets, range(100), {1}, known={2}), SIZES_ALONE) == {3}
    # The total and all other parts are out: nothing can hide the rest any more, and nothing is hidden in vain.
    assert complementary(cells_of(sets, range(100), {1}, known={0, 2, 3}), SIZES_ALONE) == frozenset()


def test_what_the_parts_leave_of_a_total_is_protected_like_a_cell():
    sets = [set(range(100)), set(range(40)), set(range(40, 92))]
    assert complementary(cells_of(sets, range(100), ()), SIZES_ALONE) == {1}
    enough = [set(range(100)), set(range(40)), set(range(40, 70))]
    assert complementary(cells_of(enough, range(100), ()), SIZES_ALONE) == frozenset()


def test_two_groupings_of_the_same_pairs_are_seen_together():
    """Province one is occupation one and three pairs more: each is large enough, their difference is not."""
    occupations = [set(range(40)), set(range(40, 100))]
    provinces = [set(range(43)), set(range(43, 100))]
    hidden = complementary(cells_of([set(range(100)), *occupations, *provinces], range(100), ()), SIZES_ALONE)
    assert hidden
    assert complementary(cells_of([set(range(100)), *occupations], range(100), ()), SIZES_ALONE) == frozenset()
    # After a report by occupation, a report by province hides all that would tell.
    after = cells_of([set(range(100)), *occupations, *provinces], range(100), (), known={0, 1, 2})
    assert complementary(after, SIZES_ALONE) == {3, 4}


def test_a_plan_that_was_amended_gives_its_few_new_pairs_away_only_if_all_is_shown():
    old, new = [set(range(60)), set(range(60, 100))], [set(range(60)) | {100, 101}, set(range(60, 100)) | {102}]
    sets = [set(range(100)), *old, set(range(103)), *new]
    hidden = complementary(cells_of(sets, range(103), (), known={0, 1, 2}), SIZES_ALONE)
    assert hidden == {3, 4, 5}


def test_what_has_no_room_elsewhere_is_hidden_although_it_cannot_be_computed():
    """A committee without any "both" and a province with 20: those are all of the 22 pairs outside the committee."""
    committee, province = set(range(30)), {*range(10, 30), *range(30, 52)}
    few, many = [0, 2, 2], [20, 1, 1]
    assert complementary(cells_of([committee, province], range(52), (), counts=[[few, many]]), POLICY) == {0}
    # With room in the committee nothing is certain of the others.
    assert not complementary(cells_of([committee, province], range(52), (), counts=[[[12, 2, 2], many]]), POLICY)
    # An earlier report shows the committee: the province goes.
    after = cells_of([committee, province], range(52), (), known={0}, counts=[[few, many]])
    assert complementary(after, POLICY) == {1}


def rank(rows) -> int:
    """Return the rank over the rationals, by Gaussian elimination."""
    rows = [[Fraction(int(value)) for value in row] for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(found, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for n in range(len(rows)):
            if n != found and rows[n][column]:
                factor = rows[n][column] / rows[found][column]
                rows[n] = [value - factor * base for value, base in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


def computable(vectors, atoms: int):
    """Return every set of atoms whose indicator lies in the span of the shown ones."""
    full = rank(vectors)
    for chosen in product((0, 1), repeat=atoms):
        if any(chosen) and full and rank([*vectors, list(chosen)]) == full:
            yield frozenset(np.flatnonzero(chosen).tolist())


def keeps_the_guarantee(pairs, employers, kinds, policy) -> bool:
    """Say whether any coalition leaves enough employers outside, and no outcome too large a part of their pairs."""
    whose: dict[int, int] = {}
    for pair in pairs:
        whose[employers[pair]] = whose.get(employers[pair], 0) + 1
    most = max(sum(kinds[pair] == kind for pair in pairs) for kind in range(3))
    for number in range(len(whose) + 1):
        for members in combinations(whose, number):
            held = sum(whose[member] for member in members)
            if number > policy.coalition_employers and held > policy.coalition_share * len(pairs):
                continue
            outside = len(pairs) - held
            if len(whose) - number < policy.outside_employers or most > policy.most_alike * outside + 1e-9:
                return False
    return len(pairs) >= policy.min_pairs and len(whose) >= policy.min_employers


@st.composite
def small_tables(draw):
    """Return pairs with an employer, an outcome and a value of two or three groupings each."""
    number = draw(st.integers(8, 26))
    groupings = draw(st.integers(1, 3))
    levels = [draw(st.integers(1, 3)) for _ in range(groupings)]
    column = st.integers(0, 6)
    employers = draw(st.lists(st.integers(0, 8), min_size=number, max_size=number))
    kinds = draw(st.lists(st.sampled_from([0, 1, 2, 3, 3, 3]), min_size=number, max_size=number))
    values = [[v % n for v in draw(st.lists(column, min_size=number, max_size=number))] for n in levels]
    return employers, kinds, values


def against_everything(table, known_grouping: int | None) -> None:
    employers, kinds, values = table
    everyone = frozenset(range(len(employers)))
    sets = [everyone]
    known = set()
    for number, column in enumerate(values):
        for value in sorted(set(column)):
            sets.append(frozenset(pair for pair in everyone if column[pair] == value))
            if number == known_grouping:
                known.add(len(sets) - 1)
    primary = {n for n, held in enumerate(sets) if not keeps_the_guarantee(held, employers, kinds, SMALL)} - known
    counts = [[sum(kinds[pair] == kind for pair in held) for kind in range(3)] for held in sets]
    hidden = primary | complementary(cells_of(sets, employers, primary, known, [counts]), SMALL)
    shown = [held for n, held in enumerate(sets) if n not in hidden or n in known]
    atoms: dict[tuple, set] = {}
    for pair in everyone:
        atoms.setdefault(tuple(pair in held for held in sets), set()).add(pair)
    pieces = list(atoms.values())
    told = [sets[n] for n in known]
    before = set(computable([[int(p <= held) for p in pieces] for held in told], len(pieces)))
    for chosen in computable([[int(p <= held) for p in pieces] for held in shown], len(pieces)):
        # What was told before is told; a set that holds some of it is held to the guarantee in what it has besides.
        if not any(
            keeps_the_guarantee(set().union(*(pieces[number] for number in chosen - told)), employers, kinds, SMALL)
            for told in ({frozenset()} | {known for known in before if known < chosen})
        ):
            assert chosen in before


@settings(max_examples=25)
@given(small_tables())
def test_every_set_that_can_be_computed_keeps_the_guarantee(table):
    if len(set(zip(*table[2], strict=True))) <= 8:
        against_everything(table, None)


@settings(max_examples=25)
@given(small_tables())
def test_what_an_earlier_release_and_this_one_tell_together_keeps_the_guarantee(table):
    if len(set(zip(*table[2], strict=True))) <= 8:
        against_everything(table, 0)


@pytest.mark.slow
@settings(max_examples=400)
@given(small_tables(), st.sampled_from([None, 0, 1]))
def test_the_guarantee_holds_in_many_small_tables(table, known):
    if len(set(zip(*table[2], strict=True))) <= 10:
        against_everything(table, known)
