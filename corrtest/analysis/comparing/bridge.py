"""An earlier published result beside a new one: refused, or labelled with what was measured otherwise.

The rules are data (bridge.toml): which differences make a contrast meaningless, and which must be said beside it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from corrtest.analysis.comparing.between_results import log_ratio
from corrtest.analysis.comparing.comparison import Comparison, Side, adjusted, joined
from corrtest.analysis.comparing.earlier import EarlierResult
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.results import Results

__all__ = ["Bridge", "Difference", "bridge_results"]

Verdict = Literal["same", "label", "refuse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing not measured alike: then and now (empty where not known), what follows, and why by language."""

    what: str
    fact: str
    then: tuple[str, ...]
    now: tuple[str, ...]
    verdict: Verdict
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """An earlier result and the new one of its cell; `comparison` is None where it is refused or nothing is shown."""

    earlier: EarlierResult
    differences: tuple[Difference, ...]
    comparison: Comparison | None

    @property
    def refused(self) -> tuple[Difference, ...]:
        """The differences that forbid the contrast."""
        return tuple(each for each in self.differences if each.verdict == "refuse")


def bridge_results(
    earlier: Sequence[EarlierResult], results: Results, *, confidence_level: float = 0.95
) -> tuple[Bridge, ...]:
    """Return each earlier result beside the cell of `results` that it is of, as independent measurements.

    P-values are adjusted over the contrasts that are made, as elsewhere.
    """
    description = results.study or {}
    found = [_bridged(each, description, results.groups, confidence_level) for each in earlier]
    made = iter(
        adjusted(
            [each.comparison for each in found if each.comparison is not None],
            primary=description.get("primary_outcome"),
        )
    )
    return tuple(
        each
        if each.comparison is None
        else Bridge(earlier=each.earlier, differences=each.differences, comparison=next(made))
        for each in found
    )


def _bridged(
    earlier: EarlierResult, description: Mapping[str, Any], groups: Sequence[GroupResult], level: float
) -> Bridge:
    differences = _differences(earlier, description)
    cell = next((each for each in groups if _is_of(each, earlier)), None)
    comparison = None
    if cell is not None and not any(each.verdict == "refuse" for each in differences):
        own, error, note = log_ratio(cell)
        comparison = joined(
            cell.key,
            Side(earlier.name, *earlier.log_ratio()),
            Side(str(description.get("name") or ""), own, error),
            note=note,
            level=level,
        )
    return Bridge(earlier=earlier, differences=differences, comparison=comparison)


def _is_of(group: GroupResult, earlier: EarlierResult) -> bool:
    return (
        group.criterion == earlier.criterion
        and group.outcome == earlier.outcome
        and group.joint_committee == earlier.joint_committee
        and group.level is None
        and any(estimate.name == "discrimination_ratio" for estimate in group.estimates)
        and not any(group.extra.values())
    )


def _differences(earlier: EarlierResult, description: Mapping[str, Any]) -> tuple[Difference, ...]:
    now = _method_of(description, earlier)
    found = []
    for what, rule in _rules().items():
        then = earlier.method.get(what, ())
        if set(then) == set(now[what]) and then:
            continue
        found.append(
            Difference(
                what=what,
                fact=rule["fact"],
                then=then,
                now=now[what],
                verdict=rule["differs"] if then and now[what] else rule["unknown"],
                why=rule["why"],
            )
        )
    return tuple(found)


def _method_of(description: Mapping[str, Any], earlier: EarlierResult) -> dict[str, tuple[str, ...]]:
    """Return how the new study measured what the earlier one did; what it does not test at all is not the same."""
    tested = {each["name"]: each for each in description.get("criteria", ())}
    own = tested.get(earlier.criterion)
    positive = description.get("outcomes") or {}

    def one(value: object) -> tuple[str, ...]:
        return () if value in (None, "") else (str(value),)

    return {
        "sector": one(description.get("sector")),
        "criterion": (earlier.criterion,) if own is not None else tuple(tested),
        "instrument": one(description.get("instrument", "correspondence_test")),
        "outcome": (earlier.outcome,) if earlier.outcome in positive else tuple(positive),
        "channel": tuple(description.get("channels", ())),
        "pairing": one(description.get("pairing")),
        "levels": () if own is None else tuple(level["name"] for level in own["levels"]),
        "window_days": one(description.get("reaction_window_days")),
    }


@cache
def _rules() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("corrtest.analysis.comparing").joinpath("bridge.toml").read_text(encoding="utf-8"))
