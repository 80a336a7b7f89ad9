"""Complementary suppression as an optimisation: hide as little as possible, so that no hidden cell can be worked out.

A cell that breaks a rule is hidden (primary). What else must go is a mixed-integer programme (HiGHS): least
pairs lost, subject to

- no relation with a single hidden member, and the hidden members of each relation together as many pairs and employers
  as the policy asks of a cell (their sum can be had by subtraction, so it must be fit to be seen);
- for each primary cell, a reader who solves all relations at once by linear programming keeps the full range of its
  values open. Those constraints are made as needed: solve, attack the pattern with a linear programme, and add the cut
  that its dual gives (Fischetti and Salazar-González 2001, Management Science 47:1008).

The pattern depends on pairs, employers and published counts, never on a true reaction, so that it gives none away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array

from corrtest.disclosure.margins import Relation
from corrtest.errors import DisclosureError
from corrtest.language import say

# A cell that an earlier release shows is never chosen while anything else will do.
_KNOWN_COST = 1e7
_MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The cells of one report: pairs, employers (or vacancies), which a rule hides, which were shown before."""

    pairs: Sequence[int]
    employers: Sequence[int]
    primary: frozenset[int]
    known: frozenset[int] = frozenset()


def complementary(cells: Cells, links: Sequence[Relation], min_pairs: int, min_employers: int) -> frozenset[int]:
    """Return the cells to hide besides the primary ones."""
    hidden: set[int] = set()
    for members, part in _components(links):
        if cells.primary & set(members) or any(0 < abs(link.rest) < min_pairs for link in part):
            hidden |= _solve(cells, members, part, min_pairs, min_employers)
    return frozenset(hidden - cells.primary)


def protected_range(cells: Cells, hidden: frozenset[int], links: Sequence[Relation], target: int) -> float:
    """Return how far (0 to 1 of its range) a reader who solves all relations must leave `target` open."""
    members = sorted({target} | {cell for link in links for cell in (link.total, *link.parts)})
    matrix, caps, place = _attack_system(cells, members, list(links))
    visible = np.array([cell not in hidden for cell in members] + [False] * (len(caps) - len(members)))
    value, _ = _attack(matrix, np.where(visible, 0.0, caps), place[target])
    return value / caps[place[target]] if caps[place[target]] else 1.0


def _components(links: Sequence[Relation]) -> list[tuple[list[int], list[Relation]]]:
    """Return the sets of cells that relations connect, each with its relations."""
    parent: dict[int, int] = {}

    def root(cell: int) -> int:
        parent.setdefault(cell, cell)
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    for link in links:
        for part in link.parts:
            parent[root(part)] = root(link.total)
    grouped: dict[int, tuple[set[int], list[Relation]]] = {}
    for link in links:
        members, part_links = grouped.setdefault(root(link.total), (set(), []))
        members |= {link.total, *link.parts}
        part_links.append(link)
    return [(sorted(members), part_links) for members, part_links in grouped.values()]


def _attack_system(
    cells: Cells, members: Sequence[int], links: Sequence[Relation]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], dict[int, int]]:
    """Return the relations as a matrix, half of each cell's range, and cell → column; rests have their own columns."""
    place = {cell: column for column, cell in enumerate(members)}
    rests = [number for number, link in enumerate(links) if link.rest]
    matrix = np.zeros((len(links), len(members) + len(rests)))
    caps = np.array([cells.pairs[cell] / 2 for cell in members] + [abs(links[n].rest) / 2 for n in rests])
    for row, link in enumerate(links):
        matrix[row, place[link.total]] = 1
        for part in link.parts:
            matrix[row, place[part]] = -1
    for column, row in enumerate(rests):
        matrix[row, len(members) + column] = -1
    return matrix, caps, place


def _attack(
    matrix: npt.NDArray[np.float64], caps: npt.NDArray[np.float64], target: int
) -> tuple[float, npt.NDArray[np.float64]]:
    """Return how far the target can move while all relations hold, and the weight of each cell in that bound."""
    goal = np.zeros(len(caps))
    goal[target] = -1.0
    solved = linprog(
        goal, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=np.column_stack([-caps, caps]), method="highs"
    )
    reduced = np.abs(goal - np.asarray(solved.eqlin.marginals) @ matrix)
    return -float(solved.fun), reduced


def _least(
    cells: Cells, members: list[int], links: list[Relation], place: dict[int, int], floors: tuple[int, int]
) -> tuple[list[npt.NDArray[np.float64]], list[float]]:
    """Return what the hidden members of each relation must add up to, as rows ≥ bounds over (cells, relations).

    The variable of a relation is 1 only when all its members are hidden: then nothing is left to subtract from.
    """
    size = len(members)
    weights_of = (
        (np.ones(size), 2.0),  # besides itself at least one more
        (np.array([float(cells.pairs[cell]) for cell in members]), float(floors[0])),
        (np.array([float(cells.employers[cell]) for cell in members]), float(floors[1])),
    )
    rows: list[npt.NDArray[np.float64]] = []
    bounds: list[float] = []
    for number, link in enumerate(links):
        everyone = [place[cell] for cell in (link.total, *link.parts)]
        # A cell that an earlier release showed hides nothing; an unknown rest does.
        inside = [column for column in everyone if members[column] not in cells.known]
        for column in everyone:
            row = np.zeros(size + len(links))
            row[size + number] = -1
            row[column] += 1 if column in inside else 0
            rows.append(row)
            bounds.append(0.0)
        rest = abs(link.rest)
        if 0 < rest < floors[0] and inside:  # what the parts leave of the total would be too small a cell
            row = np.zeros(size + len(links))
            row[inside] = weights_of[1][0][inside]
            rows.append(row)
            bounds.append(float(floors[0] - rest))
        for column in [] if rest else inside:
            for weight, floor in weights_of:
                row = np.zeros(size + len(links))
                row[inside] = weight[inside]
                row[column] -= floor
                row[size + number] = floor
                rows.append(row)
                bounds.append(0.0)
    return rows, bounds


class _QuietSolver(highspy.Highs):
    """HiGHS told to be quiet before it greets, which it does when it sets up callbacks; none is used here."""

    def enableCallbacks(self) -> None:  # noqa: N802 (the name of HiGHS)
        self.setOptionValue("output_flag", False)


def _integer_programme(
    cost: npt.NDArray[np.float64],
    least: npt.NDArray[np.float64],
    rows: Sequence[npt.NDArray[np.float64]],
    floors: Sequence[float],
) -> npt.NDArray[np.float64] | None:
    """Return the 0/1 vector x ≥ `least` of least cost with rows·x ≥ floors; None where there is none.

    HiGHS by its own door: scipy's copy writes to the terminal of whoever runs the report.
    """
    matrix = csr_array(np.array(rows)) if rows else csr_array((0, len(cost)))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(rows)
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, least, np.ones(len(cost))
    model.row_lower_, model.row_upper_ = np.array(floors), np.full(len(rows), highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
    solver = _QuietSolver()  # type: ignore[no-untyped-call]
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.asarray(solver.getSolution().col_value)


def _solve(cells: Cells, members: list[int], links: list[Relation], min_pairs: int, min_employers: int) -> set[int]:
    matrix, caps, place = _attack_system(cells, members, links)
    size, width, extra = len(members), len(caps), np.zeros(len(links))
    cost = np.array([_KNOWN_COST if cell in cells.known else cells.pairs[cell] + 1.0 for cell in members])
    least = np.array([1.0 if cell in cells.primary else 0.0 for cell in members])
    known = np.array([cell in cells.known for cell in members])
    rows, floors = _least(cells, members, links, place, (min_pairs, min_employers))
    bounds = np.concatenate([least, extra])
    for _ in range(_MOST_ROUNDS):
        solution = _integer_programme(np.concatenate([cost, extra]), bounds, rows, floors)
        if solution is None:
            return set(members)  # nothing less than hiding the whole table protects it
        chosen = solution[:size] > 0.5
        open_caps = caps.copy()
        open_caps[:size] = np.where(chosen & ~known, caps[:size], 0.0)
        cuts = 0
        for cell in sorted(cells.primary & set(members)):
            if cell in cells.known:
                continue
            need = caps[place[cell]]
            reach, weights = _attack(matrix, open_caps, place[cell])
            if reach >= need - 1e-6:
                continue
            row = np.where(known, 0.0, caps[:size] * weights[:size])
            floor = need - float((caps[size:width] * weights[size:]).sum())
            if row.sum() < floor - 1e-9:
                continue  # even hiding everything leaves this much; earlier releases or the rest decide it
            rows.append(np.concatenate([row, extra]))
            floors.append(floor)
            cuts += 1
        if not cuts:
            return {members[column] for column in range(size) if chosen[column]}
    raise DisclosureError(say("No pattern of hidden cells was found in time. Report fewer groupings at once."))
