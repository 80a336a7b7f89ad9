"""Noisy counts made whole: integers that add up over all tables, none below 0, and no outcome that another forbids.

Least squares leaves fractions, and a small count may fall below 0. Looked for are the whole counts nearest to it that
some table of kinds could have: where every strict reaction is a broad one, no cell then has more strict than broad
ones. Distance counts more the farther it goes, as squares do, and in a coarser layer more than in all finer ones
together, so that a total stays where its own noise left it. A linear programme finds the table of fractions, and an
integer programme rounds it up or down (controlled rounding: Cox 1987, JASA 82: 520); HiGHS solves both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corrtest.disclosure.layers import Layers
from corrtest.disclosure.noise import Kinds
from corrtest.errors import DisclosureError
from corrtest.language import say

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# How steep the cost of a deviation is over its first, second … part, each as wide as the noise; the last has no end.
_SLOPES = (1.0, 3.0, 5.0, 9.0)
# How much steeper a deviation is in a layer with one field fewer: more than the last slope, times the layers between.
_COARSER = 30.0
# The fit is cut to so many decimals: the processor's own last digits decide nothing.
_DECIMALS = 6


@dataclass(slots=True)
class _Programme:
    """Columns and rows of a programme, as they come."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    sides: list[float] = field(default_factory=list)

    def column(self, cost: float = 0.0, upper: float = highspy.kHighsInf, *, whole: bool = False) -> int:
        self.cost.append(cost)
        self.lower.append(0.0)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def equal(self, entries: Mapping[int, float], value: float) -> None:
        self.entries += [(len(self.sides), column, weight) for column, weight in entries.items()]
        self.sides.append(value)

    def solve(self, *, whole: bool) -> FloatArray | None:
        """Return the columns of least cost, all or only some of them whole; None where there are none."""
        row, column, weight = (np.array(part) for part in zip(*self.entries, strict=True))
        matrix = csr_array((weight, (row, column)), shape=(len(self.sides), len(self.cost)))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), len(self.sides)
        model.col_cost_, model.col_lower_, model.col_upper_ = map(np.array, (self.cost, self.lower, self.upper))
        model.row_lower_ = model.row_upper_ = np.array(self.sides)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        if whole:
            kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
            model.integrality_ = [kinds[whole] for whole in self.whole]
        solver = _QuietSolver()  # type: ignore[no-untyped-call]
        solver.setOptionValue("threads", 1)
        solver.passModel(model)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(solver.getSolution().col_value)


class _QuietSolver(highspy.Highs):
    """HiGHS told to be quiet before it greets, which it does when it sets up callbacks; none is used here."""

    def enableCallbacks(self) -> None:  # noqa: N802 (the name of HiGHS)
        self.setOptionValue("output_flag", False)


def whole_counts(
    layers: Layers,
    kinds: Kinds,
    fitted: Mapping[str, FloatArray],
    sizes: Sequence[int] | None,
    *,
    deviation: float,
    base: int = 1,
) -> dict[str, IntArray]:
    """Return the whole counts of one block, nearest to the fitted ones.

    Parameters
    ----------
    fitted : mapping of outcome to array (nodes × cells of the block)
    sizes : sequence of int, optional
        Rows of each node, of all kinds, which the plan tells; None where it does not.
    deviation : float
        Standard deviation of the noise, roughly: how wide a part of the cost is.
    base : int
        Counts are multiples of it, but for the cell that is what they leave of the size.

    Returns
    -------
    mapping of outcome to array (nodes × cells)
    """
    sure = sizes is not None and bool((kinds.cell_of >= 0).all())  # the last cell then is what the others leave
    free = len(kinds.block.cells) - (1 if sure else 0)
    steep = _steepness(layers)
    near = _fractions(layers, kinds, fitted, sizes, steep, max(1.0, deviation), free)
    rounded = None
    for slack in (0, 1, 4, 16):
        programme = _Programme()
        y = _cells_that_add_up(programme, layers, kinds, sizes, free, base)
        for (node, outcome, cell), column in y.items():
            wanted = float(near[outcome][node, cell]) / base
            low, part = math.floor(wanted), wanted - math.floor(wanted)
            programme.lower[column], programme.upper[column] = max(0, low - slack), low + 1 + slack
            if slack:
                away = {column: 1.0, programme.column(steep[node]): -1.0, programme.column(steep[node]): 1.0}
                programme.equal(away, wanted)
            else:
                programme.cost[column] = steep[node] * (1 - 2 * part)
        rounded = programme.solve(whole=True)
        if rounded is not None:
            break
    if rounded is None:
        raise DisclosureError(say("No whole counts were found that fit all tables. Report fewer groupings at once."))
    made = {
        outcome: np.zeros((len(layers.nodes), len(kinds.block.cells)), dtype=np.int64) for outcome in kinds.outcomes
    }
    for (node, outcome, cell), column in y.items():
        made[outcome][node, cell] = base * round(float(rounded[column]))
    if sizes is not None and sure:
        for counts in made.values():
            counts[:, -1] = np.asarray(sizes) - counts[:, :-1].sum(axis=1)
    return made


def _fractions(
    layers: Layers,
    kinds: Kinds,
    fitted: Mapping[str, FloatArray],
    sizes: Sequence[int] | None,
    steep: Sequence[float],
    width: float,
    free: int,
) -> dict[str, FloatArray]:
    """Return the counts nearest to the fitted ones that some table could have, were rows divisible."""
    programme = _Programme()
    y = _cells_that_add_up(programme, layers, kinds, sizes, free, 1)
    for (node, outcome, cell), column in y.items():
        entries = {column: 1.0}
        for place, slope in enumerate(_SLOPES):
            upper = width if place < len(_SLOPES) - 1 else highspy.kHighsInf
            for sign in (-1.0, 1.0):
                entries[programme.column(slope * steep[node], upper)] = sign
        programme.equal(entries, round(float(fitted[outcome][node, cell]), _DECIMALS))
    found = programme.solve(whole=False)
    if found is None:
        raise DisclosureError(say("No whole counts were found that fit all tables. Report fewer groupings at once."))
    made = {outcome: np.zeros((len(layers.nodes), free)) for outcome in kinds.outcomes}
    for (node, outcome, cell), column in y.items():
        made[outcome][node, cell] = round(float(found[column]), _DECIMALS)
    return made


def _cells_that_add_up(
    programme: _Programme, layers: Layers, kinds: Kinds, sizes: Sequence[int] | None, free: int, base: int
) -> dict[tuple[int, str, int], int]:
    """Add a column for each count (in units of `base`), and all that holds between them; return the columns."""
    cells = [(outcome, cell) for outcome in kinds.outcomes for cell in range(free)]
    y = {(node, *at): programme.column(whole=True) for node in range(len(layers.nodes)) for at in cells}
    made_of_others = {link.total for link in layers.links if not link.rest}
    for node in range(len(layers.nodes)):
        if node not in made_of_others:
            here = {at: {y[node, *at]: float(base)} for at in cells}
            _some_table(programme, kinds, here, None if sizes is None else sizes[node])
    for link in layers.links:
        rest = {at: {y[link.total, *at]: float(base), **{y[p, *at]: -float(base) for p in link.parts}} for at in cells}
        if not link.rest:
            for entries in rest.values():
                programme.equal(entries, 0)
        elif link.rest > 0:  # the rows without a value of that field are a table as well
            size = None if sizes is None else sizes[link.total] - sum(sizes[part] for part in link.parts)
            _some_table(programme, kinds, rest, size)
    return y


def _some_table(
    programme: _Programme,
    kinds: Kinds,
    cells: Mapping[tuple[str, int], Mapping[int, float]],
    size: int | None,
) -> None:
    """Ask that some table of kinds, none below 0, has these cells (given by the columns that make them up)."""
    x = [programme.column() for _ in range(kinds.number)]
    for (outcome, cell), entries in cells.items():
        of = kinds.cell_of[kinds.outcomes.index(outcome)]
        programme.equal({**entries, **{x[kind]: -1.0 for kind in np.flatnonzero(of == cell)}}, 0)
    if size is not None:
        programme.equal(dict.fromkeys(x, 1.0), size)


def _steepness(layers: Layers) -> list[float]:
    """Return for each node how much a deviation costs: so much more than in finer layers that these give way."""
    finest = max(layers.fields)
    found = [0.0] * len(layers.nodes)
    for layer, fields in zip(layers.members, layers.fields, strict=True):
        for node in layer:
            found[node] = _COARSER ** (finest - fields)
    return found
