"""Complementary suppression: every pattern is attacked by a linear programme written anew here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from corrtest.disclosure.complement import Cells, complementary, protected_range
from corrtest.disclosure.margins import relations


def crossed(sizes: np.ndarray):
    """Return the cells of a committee × level table with both margins and the total, and their pairs."""
    rows, columns = sizes.shape
    cells, pairs = [], []
    for row in (None, *range(rows)):
        for column in (None, *range(columns)):
            cells.append(
                {"committee": None if row is None else str(row), "level": None if column is None else str(column)}
            )
            part = sizes if row is None else sizes[[row]]
            pairs.append(int((part if column is None else part[:, [column]]).sum()))
    return cells, pairs


def widest(cells, pairs, hidden, target, links):
    """Return how far a reader can say where the target's positives lie, as a share of its range (1 = nothing known)."""
    matrix = np.zeros((len(links), len(cells)))
    for row, link in enumerate(links):
        matrix[row, link.total] = 1
        for part in link.parts:
            matrix[row, part] -= 1
    half = np.array([pairs[i] / 2 if i in hidden else 0.0 for i in range(len(cells))])
    goal = np.zeros(len(cells))
    goal[target] = -1
    solved = linprog(goal, A_eq=matrix, b_eq=np.zeros(len(links)), bounds=np.column_stack([-half, half]))
    return -solved.fun / (pairs[target] / 2)


@settings(max_examples=40)
@given(
    st.integers(2, 5),
    st.integers(2, 4),
    st.lists(st.integers(1, 60), min_size=20, max_size=20),
)
def test_no_hidden_cell_can_be_narrowed_and_no_hidden_sum_is_too_small(rows, columns, numbers):
    sizes = np.array(numbers[: rows * columns]).reshape(rows, columns)
    cells, pairs = crossed(sizes)
    links = relations(cells, pairs)
    primary = frozenset(i for i, number in enumerate(pairs) if number < 20)
    table = Cells(pairs=pairs, employers=pairs, primary=primary)
    hidden = primary | complementary(table, links, 20, 10)
    for target in primary:
        assert widest(cells, pairs, hidden, target, links) > 1 - 1e-6
        assert protected_range(table, frozenset(hidden), links, target) > 1 - 1e-6
    for link in links:
        closed = [i for i in (link.total, *link.parts) if i in hidden]
        if closed and len(closed) <= len(link.parts):
            assert len(closed) >= 2
            assert sum(pairs[i] for i in closed) >= 20
    if not primary:
        assert hidden == frozenset()


def test_as_little_as_possible_is_hidden():
    # One small cell in a 3 × 3 table: three more make the rectangle that protects it, and the least one is found.
    sizes = np.array([[5, 30, 90], [40, 25, 80], [70, 60, 50]])
    cells, pairs = crossed(sizes)
    links = relations(cells, pairs)
    chosen = complementary(Cells(pairs=pairs, employers=pairs, primary=frozenset({5})), links, 20, 10)
    assert cells[5] == {"committee": "0", "level": "0"}
    assert sorted(pairs[i] for i in chosen) == [25, 30, 40]


def test_a_cell_that_was_shown_before_protects_nothing():
    cells = [{"level": None}, {"level": "a"}, {"level": "b"}, {"level": "c"}]
    pairs = [100, 10, 30, 60]
    links = relations(cells, pairs)
    table = Cells(pairs=pairs, employers=pairs, primary=frozenset({1}))
    assert complementary(table, links, 20, 10) == {2}
    known = Cells(pairs=pairs, employers=pairs, primary=frozenset({1}), known=frozenset({2}))
    assert complementary(known, links, 20, 10) == {3}


def test_parts_that_do_not_add_up_leave_a_rest():
    cells = [{"level": None}, {"level": "a"}, {"level": "b"}]
    (link,) = relations(cells, [100, 40, 50])
    assert link.rest == 10
    assert (link.total, link.parts) == (0, (1, 2))


@pytest.mark.parametrize("known", [frozenset(), frozenset({2, 3})])
def test_the_pattern_is_the_same_each_time(known):
    cells = [{"level": None}, {"level": "a"}, {"level": "b"}, {"level": "c"}]
    table = Cells(pairs=[100, 10, 45, 45], employers=[90, 9, 40, 40], primary=frozenset({1}), known=known)
    links = relations(cells, table.pairs)
    assert complementary(table, links, 20, 10) == complementary(table, links, 20, 10)


def test_a_rest_that_is_too_small_to_show_is_protected_like_a_cell():
    cells = [{"level": None}, {"level": "a"}, {"level": "b"}]
    pairs = [100, 40, 52]
    links = relations(cells, pairs)
    assert links[0].rest == 8
    assert complementary(Cells(pairs=pairs, employers=pairs, primary=frozenset()), links, 20, 10) == {1}
    enough = [100, 40, 30]
    links = relations(cells, enough)
    assert complementary(Cells(pairs=enough, employers=enough, primary=frozenset()), links, 20, 10) == frozenset()
