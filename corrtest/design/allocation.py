"""Which vacancy is used, for which stratum and in which week: an integer programme, solved by HiGHS.

A column is a vacancy in one week for one stratum. Rows hold each vacancy to one use, each stratum to its quota, each
employer to its cap in all and in every run of so many weeks. Windows make this more than a flow, but the
matrix stays nearly totally unimodular (employers' windows are intervals, quotas are partitions), so the linear
relaxation is nearly integral and a simplex code with a good presolve closes it at the root. See `docs/allocation.md`
for the comparison that chose HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["Allocation", "AllocationProblem", "EmployerWindow", "Margin", "allocate", "relaxation_bound"]

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

# Above this many columns the relaxation is solved first and what it settles is fixed.
WHOLE_PROGRAMME_COLUMNS = 5_000
RELATIVE_GAP = 1e-3
# A sample holds this many vacancies for each pair wanted, and a few more for small groups.
SAMPLE_FACTOR, SAMPLE_FLOOR = 2, 25
# Limits in nodes, never in seconds: the same input must give the same plan on a slower machine.
NODE_LIMIT = 500
SETTLED = 1 - 1e-6
# What one pair too many in a balance cell costs, as part of a pair: small, for filling the quota comes first.
IMBALANCE_COST = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A limit on the pairs of each group of options, in all (`limit` of length groups) or a week (groups by weeks)."""

    group: IntArray
    limit: IntArray

    @property
    def weekly(self) -> bool:
        """True where the limit is one a week."""
        return self.limit.ndim == 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerWindow:
    """Pairs that each employer may get in any `weeks` consecutive weeks."""

    limit: IntArray
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationProblem:
    """What can be used and what limits it; weeks and all else are numbered from 0.

    Attributes
    ----------
    weeks
        Number of weeks.
    vacancy_employer
        Per vacancy.
    option_vacancy, option_preference, first_week, last_week
        Per option (a vacancy for one stratum): its vacancy, a number in [0, 1) that decides between equals, and the
        weeks in which it can be used; last < first where none fits.
    quotas, targets
        Hard limits, and limits that balance asks for where filling allows.
    employer_total, windows
        Per employer: pairs that it may still get in all, and in any run of so many weeks (each window holds).
    sent_employer, sent_week
        Pairs that employers already got or will get, in weeks that may lie before week 0. They count in windows only.
    wanted
        Pairs wanted over all quotas.
    """

    weeks: int
    vacancy_employer: IntArray
    first_week: IntArray
    last_week: IntArray
    option_vacancy: IntArray
    option_preference: FloatArray
    quotas: tuple[Margin, ...]
    employer_total: IntArray
    windows: tuple[EmployerWindow, ...]
    targets: tuple[Margin, ...] = ()
    sent_employer: IntArray
    sent_week: IntArray
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The options used, the week of each, and the proven upper bound on the pairs that can be placed."""

    option: IntArray
    week: IntArray
    bound: float

    @property
    def pairs(self) -> int:
        """Number of pairs placed."""
        return len(self.option)


@dataclass(slots=True)
class _Rows:
    """Rows of the programme while they are collected."""

    row: list[IntArray]
    column: list[IntArray]
    limit: list[FloatArray]
    count: int = 0

    def add(self, key: IntArray, limit_of: FloatArray, columns: IntArray) -> None:
        """Hold the columns that share a key to that key's limit; rows that cannot bind are left out."""
        if not len(key):
            return
        keys, inverse, size = np.unique(key, return_inverse=True, return_counts=True)
        limit = limit_of[keys]
        binds = size > limit
        number = self.count + np.cumsum(binds) - 1
        member = binds[inverse]
        self.row.append(number[inverse[member]])
        self.column.append(columns[member])
        self.limit.append(limit[binds])
        self.count += int(binds.sum())


class _QuietSolver(highspy.Highs):
    """HiGHS without its banner, which its constructor would print before `silent` can be called."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Silence the solver, then do what the constructor asks."""
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _columns(problem: AllocationProblem) -> tuple[IntArray, IntArray]:
    """List (option, week) of every column that no limit rules out by itself."""
    vacancy = problem.option_vacancy
    span = np.maximum(problem.last_week - problem.first_week + 1, 0)
    option = np.repeat(np.arange(len(vacancy)), span)
    week = problem.first_week[option] + np.arange(len(option)) - np.repeat(np.cumsum(span) - span, span)
    employer = problem.vacancy_employer[vacancy[option]]
    usable = problem.employer_total[employer] > 0
    for margin in problem.quotas:
        group = margin.group[option]
        usable &= (margin.limit[group, week] if margin.weekly else margin.limit[group]) > 0
    if len(problem.sent_employer):
        # A week is lost to an employer when any window over it is full.
        full = np.zeros((len(problem.employer_total), problem.weeks), dtype=np.bool_)
        for window in problem.windows:
            room = _window_room(problem, window)
            for start in range(window.weeks):
                full |= room[:, start : start + problem.weeks] <= 0
        usable &= ~full[employer, week]
    return option[usable], week[usable]


def _window_room(problem: AllocationProblem, window: EmployerWindow) -> IntArray:
    """Pairs left per employer in the window that starts in week s - (its weeks - 1), for s = 0, 1, …"""
    weeks, span = problem.weeks, window.weeks
    sent = np.zeros((len(problem.employer_total), weeks + 3 * span), dtype=np.int64)
    near = (problem.sent_week > -span) & (problem.sent_week < weeks + span)
    np.add.at(sent, (problem.sent_employer[near], problem.sent_week[near] + span), 1)
    running = np.concatenate([np.zeros((len(sent), 1), dtype=np.int64), np.cumsum(sent, axis=1)], axis=1)
    starts = np.arange(weeks + span - 1) + 1
    room: IntArray = window.limit[:, None] - (running[:, starts + span] - running[:, starts])
    return room


def _programme(
    problem: AllocationProblem, option: IntArray, week: IntArray
) -> tuple[sparse.csc_matrix, FloatArray, FloatArray]:
    """Build matrix, row limits and costs; balance targets add one column for each cell's excess."""
    weeks = problem.weeks
    vacancy = problem.option_vacancy[option]
    employer = problem.vacancy_employer[vacancy]
    every = np.arange(len(option))
    rows = _Rows([], [], [])
    rows.add(vacancy, np.ones(len(problem.vacancy_employer)), every)
    for margin in problem.quotas:
        group = margin.group[option]
        key = group * weeks + week if margin.weekly else group
        rows.add(key, margin.limit.ravel().astype(np.float64), every)
    rows.add(employer, problem.employer_total.astype(np.float64), every)
    for window in problem.windows:
        _add_window(problem, window, rows, employer, week)
    cost = -(1 + 0.5 / max(len(problem.vacancy_employer), 1) * problem.option_preference[option])
    excess = 0
    for margin in problem.targets:
        group = margin.group[option]
        key = group * weeks + week if margin.weekly else group
        keys, inverse, size = np.unique(key, return_inverse=True, return_counts=True)
        limit = margin.limit.ravel()[keys]
        can_exceed = size > limit
        number = np.cumsum(can_exceed) - 1
        member = can_exceed[inverse]
        rows.row.append(np.concatenate([rows.count + number[inverse[member]], rows.count + number[can_exceed]]))
        rows.column.append(np.concatenate([every[member], -1 - excess - number[can_exceed]]))
        rows.limit.append(limit[can_exceed].astype(np.float64))
        rows.count += int(can_exceed.sum())
        excess += int(can_exceed.sum())
    row, column = np.concatenate(rows.row), np.concatenate(rows.column)
    value = np.where(column < 0, -1.0, 1.0)
    column = np.where(column < 0, len(option) - 1 - column, column)
    matrix = sparse.csc_matrix((value, (row, column)), shape=(rows.count, len(option) + excess))
    return matrix, np.concatenate(rows.limit), np.concatenate([cost, np.full(excess, IMBALANCE_COST)])


def _add_window(
    problem: AllocationProblem, window: EmployerWindow, rows: _Rows, employer: IntArray, week: IntArray
) -> None:
    """Hold each employer to a window's cap in every such run of weeks, less what it already got there."""
    weeks, span = problem.weeks, window.weeks
    room = _window_room(problem, window) if len(problem.sent_employer) else None
    # Without earlier pairs the windows that stick out of the period hold nothing that an inner one does not.
    first = 1 - span if room is not None else min(0, weeks - span)
    last = weeks - 1 if room is not None else max(weeks - span, first)
    for start in range(first, last + 1):
        inside = np.flatnonzero((week >= start) & (week < start + span))
        limit = window.limit if room is None else room[:, start + span - 1]
        rows.add(employer[inside], limit.astype(np.float64), inside)


def _solve(
    matrix: sparse.csc_matrix,
    limit: FloatArray,
    cost: FloatArray,
    columns: int,
    *,
    whole: bool,
    fixed: BoolArray | None = None,
) -> FloatArray:
    """Solve the programme (whole: in integers) and give the values of the first `columns` columns."""
    model = highspy.HighsLp()
    width = matrix.shape[1]
    lower = np.zeros(width)
    if fixed is not None:
        lower[:columns][fixed] = 1
    model.num_col_, model.num_row_ = width, matrix.shape[0]
    model.col_cost_ = cost
    model.col_lower_ = lower
    model.col_upper_ = np.concatenate([np.ones(columns), np.full(width - columns, highspy.kHighsInf)])
    model.row_lower_ = np.full(matrix.shape[0], -highspy.kHighsInf)
    model.row_upper_ = limit
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if whole:
        kind = [highspy.HighsVarType.kInteger] * columns + [highspy.HighsVarType.kContinuous] * (width - columns)
        model.integrality_ = kind
    solver = _QuietSolver()  # type: ignore[no-untyped-call]
    for name, setting in (
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", RELATIVE_GAP),
        ("mip_max_nodes", NODE_LIMIT),
    ):
        solver.setOptionValue(name, setting)
    solver.passModel(model)
    solver.run()
    # Without this its idle threads may end the process badly at exit.
    solver.resetGlobalScheduler(True)
    return np.asarray(solver.getSolution().col_value, dtype=np.float64)[:columns]


def allocate(problem: AllocationProblem, *, bounded: bool = True) -> Allocation:
    """Place as many pairs as the limits allow, then as evenly as the targets ask.

    Where vacancies abound, a random sample of them is tried first: if it carries every pair that is wanted, the others
    need not be looked at.

    Returns
    -------
    Allocation
        `bound` is what is wanted where all of it was placed, else the optimum of the linear relaxation with its windows
        in it, rounded down: no plan can hold more pairs. Without `bounded` it is what is wanted.
    """
    sample = _sample(problem)
    if not sample.all():
        option, week, _ = _best(problem, sample)
        if len(option) >= problem.wanted:
            return Allocation(option=option, week=week, bound=float(problem.wanted))
    option, week, bound = _best(problem, np.ones(len(sample), dtype=np.bool_))
    if bounded and bound is None and len(option) < problem.wanted:
        bound = relaxation_bound(problem)
    wanted = float(problem.wanted)
    return Allocation(option=option, week=week, bound=wanted if bound is None else min(bound, wanted))


def relaxation_bound(problem: AllocationProblem) -> float:
    """Return the most pairs that the linear relaxation, windows included, allows: no plan can hold more."""
    option, week = _columns(problem)
    if not len(option):
        return 0.0
    matrix, limit, cost = _programme(replace(problem, targets=()), option, week)
    return _rounded_down(_solve(matrix, limit, -np.ones_like(cost), len(option), whole=False).sum())


def _rounded_down(value: float) -> float:
    return float(np.floor(value + 1e-6))


def _sample(problem: AllocationProblem) -> BoolArray:
    """Tell which options lie among the first few, by their random number, of every group that has a limit in all."""
    sample = np.ones(len(problem.option_vacancy), dtype=np.bool_)
    for margin in problem.quotas:
        if margin.weekly:
            continue
        order = np.lexsort((problem.option_preference, margin.group))
        group = margin.group[order]
        start = np.searchsorted(group, group, side="left")
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - start
        sample &= rank < SAMPLE_FACTOR * margin.limit[margin.group] + SAMPLE_FLOOR
    return sample


def _best(problem: AllocationProblem, among: BoolArray) -> tuple[IntArray, IntArray, float | None]:
    """Solve the programme over the options `among`: option and week of each pair, and a bound if one came along."""
    option, week = _columns(problem)
    inside = among[option]
    option, week = option[inside], week[inside]
    count = len(option)
    if not count:
        return option, week, 0.0 if among.all() else None
    matrix, limit, cost = _programme(problem, option, week)
    fixed, bound = None, None
    if count > WHOLE_PROGRAMME_COLUMNS:
        relaxed = _solve(matrix, limit, cost, count, whole=False)
        fixed = relaxed > SETTLED
        if not problem.targets and among.all():
            # Preferences add less than half a pair in all, so this optimum bounds the number of pairs as well.
            bound = _rounded_down(-float(cost[:count] @ relaxed))
    used = _solve(matrix, limit, cost, count, whole=True, fixed=fixed) > 0.5
    return option[used], week[used], bound
