"""What an analysis returns: frozen objects that keep their counts, name their methods and survive JSON unchanged."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from corrtest.analysis.arms import ArmCounts
from corrtest.analysis.paired.tables import PairedCounts
from corrtest.analysis.result_files import as_json, write_json
from corrtest.errors import AnalysisError, Fault, InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCHEMA = "corrtest/results/1"
DIRECTION = "treated/control"
Design = Literal["paired", "unpaired"]
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

    `employers` is None where the table does not say which employer a pair belongs to; `largest_employers` are the pairs
    of its five largest, descending. In an unpaired study `pairs` are applications, and `counts` are `ArmCounts`.
    """

    sector: str | None
    joint_committee: str | None
    criterion: str | None
    level: str | None
    outcome: str
    pairs: int
    employers: int | None
    largest_employer_pairs: int | None
    counts: PairedCounts | ArmCounts
    estimates: tuple[Estimate, ...]
    tests: tuple[TestResult, ...]
    extra: Mapping[str, str] = field(default_factory=dict)
    largest_employers: tuple[int, ...] = ()

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
        if isinstance(self.counts, PairedCounts):
            return self.counts
        raise AnalysisError("This group has one application per vacancy, so that there are no pairs to count.")

    def to_dict(self) -> dict[str, Any]:
        """Return the group as results.json has it."""
        return {
            **{name: getattr(self, name) for name in GROUPING},
            "extra": dict(self.extra),
            "outcome": self.outcome,
            "pairs": self.pairs,
            "employers": self.employers,
            "largest_employer_pairs": self.largest_employer_pairs,
            "largest_employers": list(self.largest_employers),
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

    def summary(self, language: str = "en") -> str:
        """Return the result as one plain sentence in "en" or "nl"."""
        from corrtest.analysis.sentences import group_sentence  # noqa: PLC0415 - they build on this module

        return group_sentence(self, language)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the agreement plot: the shares of pairs in which both, one or neither arm was positive."""
        from corrtest.analysis.plots import agreement_plot  # noqa: PLC0415 - they build on this module

        return agreement_plot(self, ax)

    def _repr_html_(self) -> str:
        counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in self.counts.as_dict().items())
        title = " · ".join(str(value) for value in self.key.values() if value is not None)
        return f"<p><b>{title}</b>: {self.pairs} pairs ({counts}); ratios are {DIRECTION}.</p>" + _html(self.to_frame())


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All groups of one analysis, with what it was made from; `to_json` and `from_json` are inverse, byte for byte.

    Attributes
    ----------
    groups : tuple of GroupResult
    design : "paired" or "unpaired"
    strata : tuple of mappings
        Per criterion and outcome the joint committees pooled, raw and shrunken (`StrataResult.to_dict`).
    robustness : tuple of mappings
        The ratio of each criterion and outcome under other choices than the main one, one row each.
    multiplicity : mapping or None
        P-values of the preregistered families, adjusted.
    monitoring : mapping or None
        Where the study preregistered early looks: the boundary or the e-process at this point.
    """

    groups: tuple[GroupResult, ...]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    simulated: bool = False
    study: Mapping[str, Any] | None = None
    shortfalls: tuple[Mapping[str, Any], ...] = ()
    plan: Mapping[str, Any] | None = None
    design: Design = "paired"
    strata: tuple[Mapping[str, Any], ...] = ()
    robustness: tuple[Mapping[str, Any], ...] = ()
    multiplicity: Mapping[str, Any] | None = None
    monitoring: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the content of results.json."""
        return {
            "schema": SCHEMA,
            "direction": DIRECTION,
            "design": self.design,
            "simulated": self.simulated,
            "inputs": dict(self.inputs),
            "notes": list(self.notes),
            "study": None if self.study is None else dict(self.study),
            "plan": None if self.plan is None else dict(self.plan),
            "shortfalls": [dict(shortfall) for shortfall in self.shortfalls],
            "groups": [group.to_dict() for group in self.groups],
            "strata": [dict(pooled) for pooled in self.strata],
            "robustness": [dict(row) for row in self.robustness],
            "multiplicity": None if self.multiplicity is None else dict(self.multiplicity),
            "monitoring": None if self.monitoring is None else dict(self.monitoring),
        }

    def to_json(self) -> str:
        """Return results.json as text; the same results give the same bytes."""
        return as_json(self.to_dict())

    @classmethod
    def from_json(cls, text: str, file: str = "results.json") -> Results:
        """Read what `to_json` wrote.

        Raises
        ------
        InputError
            The text is no results.json of this version.
        """
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{file} is not readable as JSON (line {error.lineno}: {error.msg}). "
                "Make it again with corrtest analyse."
            ) from None
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            given = content.get("schema") if isinstance(content, dict) else None
            raise InputError(
                f"{file} is no results file of this version.",
                [
                    Fault(
                        file=file,
                        key="schema",
                        given=repr(given),
                        expected=f'"{SCHEMA}"',
                        action="Make it again with corrtest analyse.",
                    )
                ],
            )
        try:
            return cls(
                groups=tuple(_group(group) for group in content["groups"]),
                inputs=content.get("inputs") or {},
                notes=tuple(content.get("notes") or ()),
                simulated=bool(content.get("simulated", False)),
                study=content.get("study"),
                plan=content.get("plan"),
                shortfalls=tuple(content.get("shortfalls") or ()),
                design=content.get("design", "paired"),
                strata=tuple(content.get("strata") or ()),
                robustness=tuple(content.get("robustness") or ()),
                multiplicity=content.get("multiplicity"),
                monitoring=content.get("monitoring"),
            )
        except (KeyError, TypeError) as error:
            raise InputError(
                f"{file} lacks a part that every results file has ({error}). Make it again with corrtest analyse."
            ) from None

    @classmethod
    def read(cls, path: str | Path) -> Results:
        """Read a results file.

        Raises
        ------
        InputError
            There is no such file, or it is no results file.
        """
        path = Path(path)
        if not path.is_file():
            raise InputError(f"There is no results file {path}. Make one with corrtest analyse.")
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise InputError(f"{path.name} is not a text file. Make it again with corrtest analyse.") from None
        return cls.from_json(text, path.name)

    def write(self, path: str | Path) -> Path:
        """Write results.json to `path` and return it; an interrupted write leaves no half file."""
        return write_json(path, self.to_dict())

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate, with its group and counts."""
        return pd.DataFrame(
            [
                {**group.key, "pairs": group.pairs, "employers": group.employers, **group.counts.as_dict()}
                | estimate.to_dict()
                for group in self.groups
                for estimate in group.estimates
            ]
        )

    def tests_frame(self) -> pd.DataFrame:
        """Return one row a test, with its group."""
        return pd.DataFrame(
            [{**group.key, "note": None} | test.to_dict() for group in self.groups for test in group.tests]
        )

    def select(self, **key: str | None) -> tuple[GroupResult, ...]:
        """Return the groups whose key has these values, for instance ``criterion="origin", level=None``."""
        return tuple(group for group in self.groups if all(group.key.get(name) == value for name, value in key.items()))

    def summary(self, language: str = "en") -> str:
        """Return one paragraph a criterion, in "en" or "nl": its result, and what this measurement could have shown."""
        from corrtest.analysis.sentences import results_summary  # noqa: PLC0415 - they build on this module

        return results_summary(self, language)

    def plot(self, name: str = "discrimination_ratio", ax: Axes | None = None) -> Axes:
        """Draw a forest plot of the estimate `name` over all groups."""
        from corrtest.analysis.plots import forest_plot  # noqa: PLC0415 - they build on this module

        return forest_plot(self.groups, name, ax)

    def _repr_html_(self) -> str:
        label = "<p><b>Simulated reactions, no measurement.</b></p>" if self.simulated else ""
        notes = "".join(f"<li>{note}</li>" for note in self.notes)
        return f"{label}<p>{len(self.groups)} groups; ratios are {DIRECTION}.</p><ul>{notes}</ul>" + _html(
            self.to_frame()
        )


def counts_of(content: Mapping[str, int]) -> PairedCounts | ArmCounts:
    """Return the counts of a group of results.json: of pairs, or of applications per arm."""
    return PairedCounts(**content) if "both" in content else ArmCounts(**content)


def _group(content: Mapping[str, Any]) -> GroupResult:
    return GroupResult(
        **{name: content[name] for name in GROUPING},
        extra=content.get("extra") or {},
        outcome=content["outcome"],
        pairs=content["pairs"],
        employers=content["employers"],
        largest_employer_pairs=content.get("largest_employer_pairs"),
        largest_employers=tuple(content.get("largest_employers") or ()),
        counts=counts_of(content["counts"]),
        estimates=tuple(Estimate(**estimate) for estimate in content["estimates"]),
        tests=tuple(TestResult(**test) for test in content["tests"]),
    )


def _html(frame: pd.DataFrame) -> str:
    shown: Sequence[str] = [str(name) for name in frame.columns]
    return str(frame.to_html(columns=shown, index=False, na_rep="–", float_format="{:.4f}".format, border=0))
