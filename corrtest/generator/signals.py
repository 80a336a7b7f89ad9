"""Signals: what a level of a criterion means for the treated persona, read from `pools/signals/*.toml`.

A new criterion or level is a file or a table there; no code. A level sets one of: `names` (the origin whose
names are used), `gender`, `age` with `control_age` and `extra_years`, or sentences for the CV and the letter
with `where`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from corrtest.errors import Fault, GeneratorError, nearest

__all__ = ["Signal", "signal", "signal_levels", "signal_words"]

ExtraYears = Literal["same_sector", "other_sector", "inactive"]
Where = Literal["cv", "letter", "both"]

PREMIUM_SUFFIX = "_support_premium"
_KEYS = {"names", "gender", "age", "control_age", "extra_years", "where", "cv", "letter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What marks the treated persona, and nothing else may."""

    criterion: str
    level: str
    names: str | None = None
    gender: str | None = None
    age: int | None = None
    control_age: int | None = None
    extra_years: ExtraYears | None = None
    where: Where = "both"
    cv: tuple[str, ...] = ()
    letter: tuple[str, ...] = ()

    @property
    def cv_sentences(self) -> tuple[str, ...]:
        """Sentences that the treated CV carries."""
        return self.cv if self.where in ("cv", "both") else ()

    @property
    def letter_sentences(self) -> tuple[str, ...]:
        """Sentences that the treated letter carries."""
        return self.letter if self.where in ("letter", "both") else ()


@cache
def _criteria() -> dict[str, dict[str, Any]]:
    found = {}
    folder = files("corrtest.generator").joinpath("pools", "signals")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            data = tomllib.loads(entry.read_text(encoding="utf-8"))
            found[data["criterion"]] = data
    return found


def signal_levels(criterion: str) -> tuple[str, ...]:
    """Return the levels that a criterion knows, the wage-support variants included."""
    data = _criteria().get(criterion)
    if data is None:
        raise GeneratorError(
            f"No signals are known for criterion '{criterion}'. {nearest(criterion, list(_criteria()))}"
        )
    levels = list(data["levels"])
    if "support_premium" in data:
        levels += [level + PREMIUM_SUFFIX for level in levels]
    return tuple(levels)


@cache
def signal(criterion: str, level: str) -> Signal:
    """Return the signal of a level; a GeneratorError names the nearest level when there is none."""
    levels = signal_levels(criterion)
    if level not in levels:
        raise GeneratorError(f"No signal is known for level '{level}' of '{criterion}'. {nearest(level, levels)}")
    data = _criteria()[criterion]
    base = level.removesuffix(PREMIUM_SUFFIX)
    table = dict(data["levels"][base])
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        faults = [
            Fault(file=f"signals/{criterion}.toml", key=key, expected="a known key", action=nearest(key, sorted(_KEYS)))
            for key in unknown
        ]
        raise GeneratorError(f"The signal '{level}' cannot be used.", faults)
    for key in ("cv", "letter"):
        extra = data["support_premium"][key] if base != level else []
        table[key] = (*table.get(key, ()), *extra)
    return Signal(criterion=criterion, level=level, **table)


def signal_words(criterion: str, level: str) -> tuple[str, ...]:
    """Return the words that carry the signal in a document: sentences, or the names that may stand in it."""
    found = signal(criterion, level)
    if found.names:
        from corrtest.generator.names import family_names  # noqa: PLC0415  (names reads a table that few callers need)

        return family_names(found.names)
    if found.age is not None:
        return (str(found.age),)
    if found.gender is not None:
        return (found.gender,)
    return (*found.cv_sentences, *found.letter_sentences)
