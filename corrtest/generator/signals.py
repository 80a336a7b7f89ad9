"""Signals: what a level of a criterion means for the treated persona, read from `pools/signals/*.toml`.

A new criterion or level is a file or a table there; no code. A level sets one of: `names` (the origin whose
names are used), `gender`, `age` with `control_age` and `extra_years`, or `where` with sentences for the CV and the
letter in a table for each language. `texts_of` takes the sentences of another level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from corrtest.errors import Fault, GeneratorError, nearest
from corrtest.generator.languages import languages
from corrtest.generator.pool_files import read_toml

__all__ = ["Signal", "signal", "signal_levels", "signal_words"]

ExtraYears = Literal["same_sector", "other_sector", "inactive"]
Where = Literal["cv", "letter", "both"]

PREMIUM_SUFFIX = "_support_premium"
_KEYS = {"names", "gender", "age", "control_age", "extra_years", "where", "texts_of"}
_TEXTS = {"cv", "letter", "nationality", "mother_tongue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What marks the treated persona, and nothing else may.

    `nationality` and `mother_tongue` are stated only where the study has them by level.
    """

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
    nationality: str | None = None
    mother_tongue: str | None = None

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
            data = read_toml(f"signals/{entry.name}")
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
def signal(criterion: str, level: str, language: str = "nl") -> Signal:
    """Return the signal of a level; a GeneratorError names the nearest level when there is none."""
    levels = signal_levels(criterion)
    if level not in levels:
        raise GeneratorError(f"No signal is known for level '{level}' of '{criterion}'. {nearest(level, levels)}")
    data = _criteria()[criterion]
    base = level.removesuffix(PREMIUM_SUFFIX)
    table = {key: value for key, value in data["levels"][base].items() if key not in languages()}
    source = table.pop("texts_of", base)
    texts = dict(data["levels"].get(source, {}).get(language, {}))
    _check_keys(criterion, level, table, texts)
    premium = data["support_premium"].get(language, {}) if base != level else {}
    if ("where" in table and not (texts.get("cv") and texts.get("letter"))) or (base != level and not premium):
        raise _without_texts(criterion, source if "where" in table else base, language)
    for key in ("cv", "letter"):
        texts[key] = (*texts.get(key, ()), *premium.get(key, ()))
    return Signal(criterion=criterion, level=level, **table, **texts)


def _check_keys(criterion: str, level: str, table: dict[str, Any], texts: dict[str, Any]) -> None:
    faults = [
        Fault(file=f"signals/{criterion}.toml", key=key, expected="a known key", action=nearest(key, sorted(known)))
        for given, known in ((table, _KEYS), (texts, _TEXTS))
        for key in sorted(set(given) - known)
    ]
    if faults:
        raise GeneratorError(f"The signal '{level}' cannot be used.", faults)


def _without_texts(criterion: str, level: str, language: str) -> GeneratorError:
    return GeneratorError(
        f"The signal '{level}' cannot be written in language '{language}'.",
        [
            Fault(
                file=f"pools/signals/{criterion}.toml",
                key=f"levels.{level}.{language}",
                expected="cv and letter sentences in this language, and [support_premium] where the level has it",
                action="Add the table; the Dutch one shows the form.",
            )
        ],
    )


def signal_words(criterion: str, level: str, language: str = "nl") -> tuple[str, ...]:
    """Return the words that carry the signal in a document: sentences, or the names that may stand in it."""
    found = signal(criterion, level, language)
    if found.names:
        from corrtest.generator.names import family_names  # noqa: PLC0415  (names reads a table that few callers need)

        return family_names(found.names)
    if found.age is not None:
        return (str(found.age),)
    if found.gender is not None:
        return (found.gender,)
    return (*found.cv_sentences, *found.letter_sentences)
