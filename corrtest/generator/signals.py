"""Signals: what a level of a criterion means for the treated persona in one language, from `spec`'s criteria."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from corrtest.errors import Fault, GeneratorError, nearest
from corrtest.generator.names import family_names
from corrtest.language import say
from corrtest.spec import SHIPPED, KnownLevel, LevelTexts, Names

__all__ = ["Signal", "signal", "signal_levels", "signal_words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What marks the treated persona, and nothing else may.

    `nationality` and `mother_tongue` are stated only where the study has them by level.
    """

    criterion: str
    known: KnownLevel
    texts: LevelTexts

    @property
    def level(self) -> str:
        """Name of the level."""
        return self.known.name

    @property
    def names(self) -> str | None:
        """Origin whose names are used."""
        return self.known.names

    def origin(self, arm: str, local: str) -> str:
        """Return the origin of an arm's name; `local` is that of a candidate without a signal."""
        return (self.known.names if arm == "treated" else None) or self.known.shared.names or local

    @property
    def gender(self) -> str | None:
        """Gender of the treated persona, where gender is what is tested."""
        return self.known.gender

    def gender_of(self, arm: str, drawn: str) -> str:
        """Return an arm's gender; `drawn` is what the pair has where neither the signal nor what is shared says it."""
        if self.gender is None:
            return self.known.shared.gender or drawn
        return self.gender if arm == "treated" else {"woman": "man", "man": "woman"}[self.gender]

    @property
    def ages(self) -> tuple[int, int] | None:
        """Ages of the control and the treated persona, where the level says them."""
        if self.known.age is not None and self.known.control_age is not None:
            return self.known.control_age, self.known.age
        shared = self.known.shared.age
        return None if shared is None else (shared, shared)

    @property
    def age_before(self) -> int | None:
        """The age up to which both careers are alike; an older persona has more years behind them."""
        return self.known.control_age or self.known.shared.control_age or self.known.shared.age

    @property
    def extra_years(self) -> str | None:
        """What fills the years that an older persona has behind them."""
        return self.known.extra_years or self.known.shared.extra_years

    def places(self, arm: str) -> tuple[str, ...]:
        """Return the places of which an arm lives in one; none where residence is not what is tested."""
        return self.known.residence if arm == "treated" else self.known.control_residence

    @property
    def nationality(self) -> str | None:
        """Nationality that goes with the level."""
        return self.texts.nationality

    @property
    def mother_tongue(self) -> str | None:
        """Mother tongue that goes with the level."""
        return self.texts.mother_tongue

    @property
    def cv(self) -> tuple[tuple[str, ...], ...]:
        """Sentences for a CV, each with the texts of which one is written."""
        return self.texts.cv

    @property
    def letter(self) -> tuple[tuple[str, ...], ...]:
        """Sentences for a letter, each with the texts of which one is written."""
        return self.texts.letter

    @property
    def cv_sentences(self) -> tuple[tuple[str, ...], ...]:
        """Sentences that the treated CV carries."""
        return self.cv if self.known.where in ("cv", "both") else ()

    @property
    def letter_sentences(self) -> tuple[tuple[str, ...], ...]:
        """Sentences that the treated letter carries."""
        return self.letter if self.known.where in ("letter", "both") else ()

    def control_texts(self, part: str) -> tuple[tuple[str, ...], ...]:
        """Return what the control arm may say in place of each sentence; none where anything neutral will do."""
        return self.texts.control_cv if part == "cv" else self.texts.control_letter


def signal_levels(criterion: str, names: Names = SHIPPED) -> tuple[str, ...]:
    """Return the levels that a criterion knows, the wage-support variants included."""
    known = names.criteria.get(criterion)
    if known is None:
        raise GeneratorError(
            say(
                "No signals are known for criterion '{criterion}'. {nearest}",
                criterion=criterion,
                nearest=nearest(criterion, list(names.criteria)),
            )
        )
    return tuple(known.levels)


@cache
def signal(criterion: str, level: str, language: str = "nl", names: Names = SHIPPED) -> Signal:
    """Return the signal of a level; a GeneratorError names the nearest level when there is none."""
    levels = signal_levels(criterion, names)
    if level not in levels:
        raise GeneratorError(
            say(
                "No signal is known for level '{level}' of '{criterion}'. {nearest}",
                level=level,
                criterion=criterion,
                nearest=nearest(level, levels),
            )
        )
    known = names.criteria[criterion].levels[level]
    if not known.writable_in(language):
        raise _without_texts(criterion, known, language)
    return Signal(criterion=criterion, known=known, texts=known.texts.get(language, LevelTexts()))


def _without_texts(criterion: str, level: KnownLevel, language: str) -> GeneratorError:
    return GeneratorError(
        say("The signal '{level}' cannot be written in language '{language}'.", level=level.name, language=language),
        [
            Fault(
                file=f"criteria/{criterion}.toml",
                key=f"levels.{level.texts_of}.{language}",
                expected=say("cv and letter sentences in this language, and [support_premium] where the level has it"),
                action=say("Add the table; the Dutch one shows the form."),
            )
        ],
    )


def signal_words(criterion: str, level: str, language: str = "nl", names: Names = SHIPPED) -> tuple[str, ...]:
    """Return the words that carry the signal in a document: sentences, or the names that may stand in it."""
    found = signal(criterion, level, language, names)
    if found.names:
        return family_names(found.names)
    if found.known.age is not None:
        return (str(found.known.age),)
    if found.gender is not None:
        return (found.gender,)
    return tuple(text for texts in (*found.cv_sentences, *found.letter_sentences) for text in texts)
