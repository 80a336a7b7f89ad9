"""What a statistic is: all that tables, notes, bootstrap, gate, calibration and report need to know of it.

A statistic that is new needs no more than a name, its labels, its value and its gradient: intervals by linearisation,
several pairs of one employer, the bootstrap, the noise of the gate, the truth of a calibration and the row of a report
all follow from these. The methods of the literature are added to it.

Everything here is a function of the cells of a table, and does not change when all cells are multiplied by one number.
So its gradient by the cells, times the cells of one employer, is that employer's influence, and Σ cells · gradient² is
its variance for independent rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import numpy as np

from corrtest.analysis.tables import FloatArray, Intervals, normal_quantile


class CellTables(Protocol):
    """An array of tables of either design."""

    @property
    def cells(self) -> FloatArray:
        """The counts along the last axis."""


TablesT = TypeVar("TablesT", bound=CellTables)
CountsT = TypeVar("CountsT")

# The name of something per language.
Label = Mapping[str, str]
Few = Callable[[CountsT, float], str | None]
Note = Callable[[CountsT, str, float], str | None]


def everywhere(label: str) -> Label:
    """Return a label that is the same in every language."""
    return dict.fromkeys(("en", "nl", "fr", "de"), label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method(Generic[TablesT]):
    """One way to make an interval: its label, and the limits of every table at a confidence level."""

    label: Label
    interval: Callable[[TablesT, float], Intervals]


LINEARISED: Label = {"en": "linearised", "nl": "gelineariseerd", "fr": "linéarisé", "de": "linearisiert"}


@dataclass(frozen=True, kw_only=True)
class Statistic(Generic[TablesT, CountsT]):
    """One statistic of one design.

    Parameters
    ----------
    name : str
        As results.json has it.
    label : mapping of language to str
    value : function of tables
        nan where undefined, inf where unbounded.
    gradient : function of tables, optional
        Derivatives of the value (of its logarithm, for a ratio) by each cell: an array with a last axis more. Without
        one the disclosure gate refuses the statistic, since it cannot say what noise on a count does to it, and groups
        with several rows of one employer get no interval.
    denominator : tuple of float
        What each cell adds to the statistic's denominator: an employer's share of it is its leverage.
    ratio : bool
        The scale is logarithmic and 1 means no difference; else 0 does.
    range : tuple of float
        Least and greatest value.
    default, default_label
        The method that `score` is of.
    others : mapping
        Further methods by name.
    arm : str, optional
        "control" or "treated" where it is that arm's rate, which says nothing of a difference.
    standard : bool
        Given by every analysis; else only where all methods are asked for.
    note : function of counts, method and upper limit, optional
        What a reader must know: the denominator, or why something is missing.
    few : function of counts and design effect, optional
        What to say where the counts are so few that the default interval is known to be off.
    """

    name: str
    label: Label
    value: Callable[[TablesT], FloatArray]
    gradient: Callable[[TablesT], FloatArray] | None = None
    denominator: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    ratio: bool = False
    range: tuple[float, float] = (-1.0, 1.0)
    default: str = "linearised"
    default_label: Label = field(default_factory=lambda: LINEARISED)
    others: Mapping[str, Method[TablesT]] = field(default_factory=dict)
    arm: str | None = None
    standard: bool = True
    note: Note[CountsT] | None = None
    few: Few[CountsT] | None = None

    @property
    def null(self) -> float:
        """The value at which both arms are treated equally."""
        return 1.0 if self.ratio else 0.0

    @property
    def methods(self) -> Mapping[str, Method[TablesT]]:
        """Every method by name, the default first."""
        return {self.default: Method(label=self.default_label, interval=self.interval), **self.others}

    def interval(self, tables: TablesT, confidence_level: float = 0.95) -> Intervals:
        """Compute the default interval as if all rows were independent."""
        raise NotImplementedError

    def at_effect(self, tables: TablesT, effect: FloatArray, confidence_level: float) -> Intervals:
        """Compute the default interval at the number of rows divided by a design effect, one a table."""
        raise NotImplementedError

    def independent_variance(self, tables: TablesT) -> FloatArray:
        """Compute the variance for independent rows, on the scale of the gradient."""
        return np.asarray(np.sum(tables.cells * self.slopes(tables) ** 2, axis=-1))

    def on_scale(self, tables: TablesT) -> FloatArray:
        """Compute the value on the scale of its gradient: the logarithm of a ratio."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value = self.value(tables)
            return np.asarray(np.log(value) if self.ratio else value)

    def slopes(self, tables: TablesT) -> FloatArray:
        """Compute the gradient; 0 throughout where part of it is infinite, as in a table without what it divides by.

        Raises
        ------
        TypeError
            The statistic has none.
        """
        if self.gradient is None:
            raise TypeError(f"The statistic {self.name} has no gradient.")
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.gradient(tables)
        return np.where(np.all(np.isfinite(found), axis=-1, keepdims=True), found, 0.0)

    def from_scale(self, values: FloatArray) -> FloatArray:
        """Return values on the statistic's own scale, inside its range."""
        with np.errstate(over="ignore"):
            return np.clip(np.exp(values) if self.ratio else values, *self.range)

    def around(self, value: FloatArray, half: FloatArray) -> Intervals:
        """Return the interval of that half width on the scale of the gradient; no limits where it has no width."""
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = np.log(value) if self.ratio else value
            usable = np.isfinite(middle) & (half > 0)
            lower, upper = (np.where(usable, self.from_scale(middle + end), np.nan) for end in (-half, half))
        return Intervals(value, lower, upper)


def quantiles(tables: CellTables, confidence_level: float) -> FloatArray:
    """Return the normal quantile of a confidence level, one a table."""
    return np.full(tables.cells.shape[:-1], normal_quantile(confidence_level))
