"""What a design is: what its rows are, how they are counted, estimated, protected and spoken of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import Grouping
from corrtest.analysis.statistics import Statistic
from corrtest.analysis.tables import BoolArray, Counts, FloatArray, Intervals, Tests

MarginT = TypeVar("MarginT")
PositivesT = TypeVar("PositivesT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Cells whose sum is known from the plan: those that carry noise, and the one that is what they leave."""

    name: str
    noisy: tuple[str, ...]
    rest: str

    @property
    def cells(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.noisy, self.rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Why an interval is to be read with care: "positives" or "discordant" are only so many."""

    of: str
    number: int


@dataclass(frozen=True)
class Design(ABC, Generic[MarginT, PositivesT]):
    """One design, chosen where a table is read; everything that depends on it asks here.

    Attributes
    ----------
    name : str
        As study files and results.json have it.
    rows : str
        What its rows are called, in the notes of results.
    seen : str
        The sentence on what was seen, as the catalogue has it; {pairs} ("200 pairs"), {treated} ("31 positive
        reactions"), {control} (a number), {treated_sent} ("200 applications"), {control_sent} (a number),
        {control_share}, {treated_share} are filled in.
    blocks : tuple of Block
        Its cells. More than one block means that the arms are apart: each must be large enough to be shown by itself.
    reactions : mapping of cell to (control, treated)
        What a row of that cell says of each arm: 1 positive, 0 not, None where it was not sent.
    change : int
        By how much one reaction changes the counts in all.
    decisive : str
        The name of the test that decides a verdict; empty where nothing is compared.
    difference : str
        The statistic whose variance under noise counts: what a comparison rests on.
    applications_a_row : int
    statistics : mapping
        Its statistics by name.
    """

    name: ClassVar[str]
    rows: ClassVar[str]
    seen: ClassVar[str]
    blocks: ClassVar[tuple[Block, ...]]
    reactions: ClassVar[Mapping[str, tuple[int | None, int | None]]]
    change: ClassVar[int]
    decisive: ClassVar[str]
    applications_a_row: ClassVar[int]
    difference: ClassVar[str] = "rate_difference"

    statistics: Mapping[str, Statistic[Any, Any]] = field(kw_only=True)

    @property
    def cells(self) -> tuple[str, ...]:
        """The names of all counts."""
        return tuple(cell for block in self.blocks for cell in block.cells)

    @property
    def noisy(self) -> tuple[str, ...]:
        """The counts that carry noise where sizes are known."""
        return tuple(cell for block in self.blocks for cell in block.noisy)

    @property
    def matched(self) -> bool:
        """Whether both arms answer to the same vacancy."""
        return self.applications_a_row > 1

    @property
    def arms_apart(self) -> bool:
        """Whether each arm has rows of its own, and so a size of its own."""
        return len(self.blocks) > 1

    def rows_a_test(self, *, of_applications: bool) -> float:
        """Return the rows that one test of a quota gives, where tests are pairs or single applications."""
        return (1 if of_applications else 2) / self.applications_a_row

    @abstractmethod
    def counts(self, content: Mapping[str, int]) -> Counts:
        """Return counts by name as an object."""

    @abstractmethod
    def tables(self, counts: Sequence[Counts]) -> Any:
        """Return counts as an array of tables."""

    @abstractmethod
    def count(
        self, grouping: Grouping, positives: PositivesT, weights: npt.NDArray[np.float64] | None = None
    ) -> MarginT:
        """Count the rows of every group and cluster."""

    @abstractmethod
    def sizes(self, margin: MarginT) -> npt.NDArray[np.int64]:
        """Return the rows of each group."""

    @abstractmethod
    def results(
        self, margin: MarginT, outcome: str, *, confidence_level: float, all_methods: bool, cluster: bool
    ) -> list[GroupResult]:
        """Return every group's estimates and tests."""

    @abstractmethod
    def equal_employers(self, margin: MarginT) -> MarginT | None:
        """Return the margin with every employer weighing the same; None where that changes nothing."""

    @abstractmethod
    def log_ratios(self, margin: MarginT, *, cluster: bool) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return log ratios, their variances, and which groups needed half a row added."""

    @abstractmethod
    def pvalues(self, margin: MarginT, effects: FloatArray) -> FloatArray:
        """Return the p-value of each group's deciding test at its design effect; of weighted groups, from spread."""

    @abstractmethod
    def decisive_test(self, tables: Any, effect: FloatArray) -> Tests:
        """Return the test that decides a verdict, `decisive`, at the rows divided by a design effect."""

    @abstractmethod
    def note(self, statistic: str, counts: Any, *, upper: float, effect: float) -> str | None:
        """Return what a reader of the default interval of a statistic must know."""

    @abstractmethod
    def test_note(self, counts: Any) -> str | None:
        """Return why the deciding test is undefined or says nothing."""

    @abstractmethod
    def null_variance(self, tables: Any) -> FloatArray:
        """Return the variance of the difference of the rates where they are equal, for independent rows."""

    @abstractmethod
    def bootstrap(
        self, margin: MarginT, *, replicates: int, seed: int, confidence_level: float
    ) -> tuple[Mapping[str, Mapping[str, Intervals]], str]:
        """Return statistic → method → bootstrap intervals, and what is drawn.

        Raises
        ------
        AnalysisError
            The design or the clusters have no bootstrap.
        """

    @abstractmethod
    def departure(self, group: GroupResult) -> float:
        """Return the absolute z of the group's difference, as early looks compare it with their boundary."""

    @abstractmethod
    def power(self, counts: Counts, control_rate: float, ratio: float) -> float:
        """Return the chance that a measurement of this size finds a true ratio."""

    @abstractmethod
    def caution(self, group: GroupResult) -> Caution | None:
        """Return why the interval of the ratio is to be read with care."""
