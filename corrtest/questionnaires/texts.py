"""The texts of a questionnaire, and in which of their languages a form is made."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from corrtest.errors import DesignError, nearest
from corrtest.language import say
from corrtest.questionnaires.forms import Choice

__all__ = ["choices_of", "form_languages", "questionnaire_texts"]


@cache
def questionnaire_texts(folder: str) -> dict[str, Any]:
    """Return the texts of the questionnaire in `folder`: "risk" or "survey"."""
    place = files("corrtest.questionnaires").joinpath(folder, f"{folder}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


def form_languages(texts: dict[str, Any], first: str, wanted: Iterable[str] | None) -> dict[str, str]:
    """Return code → name of the languages: those wanted, else all of them, `first` leading.

    Raises
    ------
    DesignError
        A language in which the questionnaire is not written.
    """
    known = texts["languages"]
    chosen = list(dict.fromkeys(wanted or [code for code in (first, *known) if code in known]))
    for code in chosen:
        if code not in known:
            raise DesignError(
                say("The questionnaire is not written in '{code}'. {nearest}", code=code, nearest=nearest(code, known))
            )
    return {code: known[code] for code in chosen}


def choices_of(texts: dict[str, Any], name: str) -> tuple[Choice, ...]:
    """Return a list of choices."""
    return tuple(Choice(name=key, label=label) for key, label in texts["choices"][name].items())
