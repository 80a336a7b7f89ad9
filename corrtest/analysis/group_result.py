"""The result of one group of pairs or applications: counts, estimates and tests, each with its method."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from corrtest.analysis.grouping import IntArray
from corrtest.analysis.handling import as_html
from corrtest.analysis.tables import Counts, PairedCounts, counts_of, of_pairs

DIRECTION = "treated/control"
GROUPING = ("sector", "joint_committee", "criterion", "level")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimate with its interval; None where undefined or unbounded, and then `note` says which and why."""

    name: str
    value: float | None
    lower: float | None
    upper: float | None
    confidence_level: float
    method: str
    note: str | None = None

    @classmethod
    def of(
        cls,
        name: str,
        method: str,
        interval: tuple[float, float, float],
        confidence_level: float,
        note: str | None,
    ) -> Estimate:
        """Make an estimate of value and limits that may be nan or infinite: both become None."""
        value, lower, upper = (float(part) if math.isfinite(part) else None for part in interval)
        return cls(
            name=name,
            value=value,
            lower=lower,
            upper=upper,
            confidence_level=confidence_level,
            method=method,
            note=note,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as results.json has them."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """One test; None where undefined, and then `note` says why."""

    __test__ = False  # its name makes pytest take it for a test

    name: str
    statistic: float | None
    pvalue: float | None
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as results.json has them."""
        fields = {"name": self.name, "statistic": self.statistic, "pvalue": self.pvalue}
        return fields if self.note is None else {**fields, "note": self.note}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """Estimates and tests of one group of pairs and one outcome. A grouping field that is None means all.

    `employers` is None where the table does not say which employer a pair belongs to; `employer_sizes` says how many
    employers have 1 pair, 2 pairs, …, and is empty where that is not known. In an unpaired study `pairs` are
    applications, and `counts` are `ArmCounts`. `design_effect` is that of the published figures, which come first among
    the estimates of each name and among the tests.
    """

    sector: str | None
    joint_committee: str | None
    criterion: str | None
    level: str | None
    outcome: str
    pairs: int
    employers: int | None
    counts: Counts
    estimates: tuple[Estimate, ...]
    tests: tuple[TestResult, ...]
    extra: Mapping[str, str] = field(default_factory=dict)
    employer_sizes: Mapping[int, int] = field(default_factory=dict)
    design_effect: float = 1.0

    @property
    def noise_variance(self) -> float:
        """What noise adds to the variance of the difference of the rates: the analysis' own counts carry none."""
        return 0.0

    @property
    def largest_employer_pairs(self) -> int | None:
        """Pairs of the largest employer; None where sizes are not known."""
        return max(self.employer_sizes, default=None)

    def estimate(self, name: str, method: str | None = None) -> Estimate:
        """Return the estimate called `name`: the first, or the one by `method`.

        Raises
        ------
        KeyError
            There is none.
        """
        for estimate in self.estimates:
            if estimate.name == name and method in (None, estimate.method):
                return estimate
        raise KeyError(name if method is None else f"{name} by {method}")

    def test(self, name: str) -> TestResult:
        """Return the test called `name`; KeyError where there is none."""
        for test in self.tests:
            if test.name == name:
                return test
        raise KeyError(name)

    @property
    def key(self) -> dict[str, str | None]:
        """The grouping fields, extra ones included, and the outcome."""
        return {**{name: getattr(self, name) for name in GROUPING}, **self.extra, "outcome": self.outcome}

    @property
    def paired_counts(self) -> PairedCounts:
        """The counts of pairs.

        Raises
        ------
        AnalysisError
            The group is one of an unpaired study.
        """
        return of_pairs(self.counts)

    def to_dict(self) -> dict[str, Any]:
        """Return the group as results.json has it."""
        return {
            **{name: getattr(self, name) for name in GROUPING},
            "extra": dict(self.extra),
            "outcome": self.outcome,
            "pairs": self.pairs,
            "employers": self.employers,
            "employer_sizes": {str(size): number for size, number in sorted(self.employer_sizes.items())},
            "design_effect": self.design_effect,
            "counts": self.counts.as_dict(),
            "estimates": [estimate.to_dict() for estimate in self.estimates],
            "tests": [test.to_dict() for test in self.tests],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate."""
        return pd.DataFrame([estimate.to_dict() for estimate in self.estimates])

    def tests_frame(self) -> pd.DataFrame:
        """Return one row a test."""
        return pd.DataFrame([{"note": None, **test.to_dict()} for test in self.tests])

    def _repr_html_(self) -> str:
        counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in self.counts.as_dict().items())
        title = " · ".join(str(value) for value in self.key.values() if value is not None)
        head = f"<p><b>{title}</b>: {self.pairs} pairs ({counts}); ratios are {DIRECTION}.</p>"
        return as_html(self.to_frame(), head=head)


class Keyed(Protocol):
    """A result by its keys, of the analysis or released."""

    @property
    def sector(self) -> str | None:
        """The sector; None means all, here and below."""

    @property
    def joint_committee(self) -> str | None:
        """The joint committee."""

    @property
    def criterion(self) -> str | None:
        """The criterion."""

    @property
    def level(self) -> str | None:
        """The level."""

    @property
    def outcome(self) -> str:
        """The outcome."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """Further grouping fields."""

    @property
    def pairs(self) -> int | None:
        """Its rows; None where hidden."""


class Margin(Protocol):
    """The groups of one margin, of pairs or of applications."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that make the groups."""

    @property
    def keys(self) -> tuple[tuple[str | None, ...], ...]:
        """Their values in each group."""

    @property
    def employers(self) -> IntArray | None:
        """Employers of each group."""

    @property
    def employer_sizes(self) -> tuple[Mapping[int, int], ...] | None:
        """How many employers of each group have 1 row, 2 rows, …."""


def described(counts: Margin, place: int) -> dict[str, Any]:
    """Return what a result says of its group besides its figures: the key, and how its rows lie over employers."""
    fields = dict(zip(counts.fields, counts.keys[place], strict=True))
    return {
        **{name: fields.get(name) for name in GROUPING},
        "extra": {name: value or "" for name, value in fields.items() if name not in GROUPING},
        "employers": None if counts.employers is None else int(counts.employers[place]),
        "employer_sizes": {} if counts.employer_sizes is None else counts.employer_sizes[place],
    }


def group_of(content: Mapping[str, Any]) -> GroupResult:
    """Return the group that results.json holds as `content`."""
    return GroupResult(
        **{name: content[name] for name in GROUPING},
        extra=content.get("extra") or {},
        outcome=content["outcome"],
        pairs=content["pairs"],
        employers=content["employers"],
        employer_sizes={int(size): number for size, number in (content.get("employer_sizes") or {}).items()},
        design_effect=float(content.get("design_effect", 1.0)),
        counts=counts_of(content["counts"]),
        estimates=tuple(Estimate(**estimate) for estimate in content["estimates"]),
        tests=tuple(TestResult(**test) for test in content["tests"]),
    )
