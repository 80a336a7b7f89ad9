"""One group in two measurements: the quotient of the ratios, the difference of the differences, tests, a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr

from corrtest.analysis.families import adjusted_pvalues
from corrtest.analysis.handling import as_html, handling
from corrtest.analysis.preregistered import primary_outcome
from corrtest.analysis.result_files import write_json
from corrtest.analysis.sentences import sentence_words, written_pvalue
from corrtest.analysis.tables import normal_quantile
from corrtest.language import mark
from corrtest.pages import Catalogue
from corrtest.spec import AnalysisOptions

SCHEMA = "corrtest/comparison/1"
_VERDICTS: Mapping[str, str] = {
    "better": mark("the treated candidates stand better in the second, beyond what chance explains"),
    "worse": mark("the treated candidates stand worse in the second, beyond what chance explains"),
    "adjustment": mark("by itself the change would stand out, but not among all comparisons: not settled"),
    "unsettled": mark("these data settle neither that the two differ nor that they are alike"),
}


class Change(NamedTuple):
    """How much an estimate changed, with its limits and the test that it did not; None where it cannot be said."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    pvalue: float | None = None


UNKNOWN = Change()


class Side(NamedTuple):
    """One of the two measurements: what it is called, its log ratio, and that one's standard error."""

    label: str
    log_ratio: float | None
    error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One group in two measurements. None where an estimate or its interval is missing; `note` says why.

    `pvalue_adjusted` is the p-value adjusted over the family of comparisons that it is in; None where it is in none, as
    those of levels and of the secondary outcome are. `difference_of_differences` is the change of treated − control
    positive rates, `net_rate_change` that of the net discrimination rate.
    """

    key: Mapping[str, str | None]
    first: str
    second: str
    first_ratio: float | None
    second_ratio: float | None
    ratio_of_ratios: float | None
    lower: float | None
    upper: float | None
    pvalue: float | None
    pvalue_adjusted: float | None
    difference_of_differences: float | None
    difference_lower: float | None
    difference_upper: float | None
    difference_pvalue: float | None
    net_rate_change: float | None
    net_rate_lower: float | None
    net_rate_upper: float | None
    confidence_level: float
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison for JSON."""
        return {**asdict(self), "key": dict(self.key)}

    def summary(self, language: str = "en") -> str:
        """Return the comparison as one plain sentence in a language that has them."""
        words = sentence_words(language)
        if self.ratio_of_ratios is None or self.lower is None or self.upper is None:
            return words.text(
                "{first} and {second} cannot be compared: {why}", first=self.first, second=self.second, why=self.note
            )
        return words.text(
            "{first}: {first_ratio}; {second}: {second_ratio} (interval of their quotient {interval}; {tested}): "
            "{verdict}.",
            first=self.first,
            first_ratio=words.number(self.first_ratio),
            second=self.second,
            second_ratio=words.number(self.second_ratio),
            interval=words.interval(self.lower, self.upper),
            tested=written_pvalue(self.pvalue, self.pvalue_adjusted, 1 - self.confidence_level, words),
            verdict=self.verdict(words),
        )

    def verdict(self, words: Catalogue) -> str:
        """Return the verdict in words."""
        return words.text(_VERDICTS[self.kind])

    @property
    def kind(self) -> str:
        """Its verdict: "better" or "worse" in the second, "adjustment" (its own p-value alone says so), "unsettled"."""
        if self.lower is None or self.upper is None or self.pvalue is None or self.lower <= 1 <= self.upper:
            return "unsettled"
        adjusted = self.pvalue if self.pvalue_adjusted is None else self.pvalue_adjusted
        if adjusted > (1 - self.confidence_level) * (1 + 1e-9):
            return "adjustment"
        return "better" if self.lower > 1 else "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """All comparisons of two or more measurements."""

    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a comparison."""
        rows = [comparison.to_dict() for comparison in self.comparisons]
        return pd.DataFrame([{**row.pop("key"), **row} for row in rows])

    def to_dict(self) -> dict[str, Any]:
        """Return the comparisons for JSON."""
        return {
            "schema": SCHEMA,
            "handling": handling(),
            "direction": "second/first",
            "inputs": dict(self.inputs),
            "notes": list(self.notes),
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
        }

    def write(self, path: str | Path) -> Path:
        """Write the comparisons as JSON to `path` and return it."""
        return write_json(path, self.to_dict())

    def _repr_html_(self) -> str:
        return as_html(self.to_frame())


def adjusted(
    comparisons: Sequence[Comparison], *, method: str = AnalysisOptions().multiplicity, primary: str | None = None
) -> tuple[Comparison, ...]:
    """Return comparisons with their p-values adjusted over two families, as the analysis has them.

    One comparison a criterion for the sector, and one for each criterion in each joint committee, each on the primary
    outcome. Levels and further groupings are exploratory, and not adjusted. One that cannot be made counts with p = 1.
    """
    outcomes = [str(each.key.get("outcome")) for each in comparisons]
    outcome = primary_outcome(outcomes, {"primary_outcome": primary}) if outcomes else None
    families: dict[bool, list[int]] = {False: [], True: []}
    for place, each in enumerate(comparisons):
        further = set(each.key) - {"sector", "joint_committee", "criterion", "outcome"}
        if each.key.get("outcome") == outcome and not any(each.key[name] for name in further):
            families[each.key.get("joint_committee") is not None].append(place)
    found = list(comparisons)
    for places in families.values():
        pvalues = [1.0 if (own := found[place].pvalue) is None else own for place in places]
        for place, made in zip(places, adjusted_pvalues(pvalues, method), strict=True):
            found[place] = replace(found[place], pvalue_adjusted=made)
    return tuple(found)


def joined(
    key: Mapping[str, str | None],
    first: Side,
    second: Side,
    *,
    difference: Change = UNKNOWN,
    net: Change = UNKNOWN,
    note: str | None,
    level: float,
    covariance: float = 0.0,
) -> Comparison:
    """Make a comparison of two log ratios with their errors, and their covariance where they share employers."""
    quotient = UNKNOWN
    if first.log_ratio is not None and second.log_ratio is not None and first.error and second.error:
        gap = second.log_ratio - first.log_ratio
        error = float(np.sqrt(max(first.error**2 + second.error**2 - 2 * covariance, 0.0)))
        z = normal_quantile(level)
        value, lower, upper = (float(np.exp(part)) for part in (gap, gap - z * error, gap + z * error))
        quotient = Change(value, lower, upper, two_sided(gap, error))
    return Comparison(
        key=key,
        first=first.label,
        second=second.label,
        first_ratio=None if first.log_ratio is None else float(np.exp(first.log_ratio)),
        second_ratio=None if second.log_ratio is None else float(np.exp(second.log_ratio)),
        ratio_of_ratios=quotient.value,
        lower=quotient.lower,
        upper=quotient.upper,
        pvalue=quotient.pvalue,
        pvalue_adjusted=None,
        difference_of_differences=difference.value,
        difference_lower=difference.lower,
        difference_upper=difference.upper,
        difference_pvalue=difference.pvalue,
        net_rate_change=net.value,
        net_rate_lower=net.lower,
        net_rate_upper=net.upper,
        confidence_level=level,
        note=note,
    )


def two_sided(gap: float, error: float) -> float | None:
    """Return the p-value of a normal statistic; None where it has no error."""
    return float(2 * ndtr(-abs(gap) / error)) if error > 0 else None
