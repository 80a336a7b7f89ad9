"""The rating questionnaire as a form: what is asked of each item, in its block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from corrtest.errors import DesignError, nearest
from corrtest.language import say
from corrtest.questionnaires.forms import Block, Choice, Form, Lot, Question
from corrtest.questionnaires.rating.texts import ASKED, texts
from corrtest.spec import Study, written_label

__all__ = ["rating_form", "rating_languages"]

_MEANING = "meaning"


def rating_languages() -> tuple[str, ...]:
    """Return the languages in which the questionnaire is written."""
    return tuple(texts()["languages"])


def rating_form(study: Study, items: pd.DataFrame, languages: Iterable[str] | None = None) -> Form:
    """Return the form for the items of a study.

    Parameters
    ----------
    items : DataFrame
        As `rating_items` gives them.
    languages : iterable of str, optional
        The study's language first, then all others, unless said.

    Raises
    ------
    DesignError
        A language in which the questionnaire is not written.
    """
    known = texts()["languages"]
    chosen = list(dict.fromkeys(languages or (study.language, *known)))
    chosen = [code for code in chosen if languages or code in known]
    for code in chosen:
        if code not in known:
            raise DesignError(
                say(
                    "The rating questionnaire is not written in '{code}'. {nearest}",
                    code=code,
                    nearest=nearest(code, known),
                )
            )
    blocks = [
        Block(
            name=f"block_{number}",
            questions=tuple(
                question
                for row in shown.to_dict("records")
                for question in _questions(str(row["item"]), str(row["kind"]), str(row["text"]), chosen)
            ),
        )
        for number, shown in items.groupby("block", sort=True)
    ]
    return Form(
        name="corrtest_rating",
        title=texts()["title"],
        introduction=texts()["introduction"],
        languages={code: known[code] for code in chosen},
        choices={name: _choices(study, name, chosen) for name in texts()["choices"]},
        parts=(Lot(name="block", blocks=tuple(blocks)),),
    )


def _questions(item: str, kind: str, text: str, languages: list[str]) -> list[Question]:
    """Return the questions on one item, after the item itself."""
    shown = {code: texts()["about"][kind][code].format(text=text) for code in languages}
    asked = [
        Question(
            name=f"{item}_{name}",
            kind="number" if name == "age" else "choice",
            label=texts()["question"][name],
            choices="" if name == "age" else name,
        )
        for name in ASKED[kind]
    ]
    return [Question(name=f"{item}_item", kind="note", label=shown), *asked]


def _choices(study: Study, name: str, languages: list[str]) -> tuple[Choice, ...]:
    fixed = texts()["choices"][name]
    levels = _level_labels(study, languages) if name == _MEANING else {}
    return tuple(Choice(name=key, label=label) for key, label in {**levels, **fixed}.items())


def _level_labels(study: Study, languages: list[str]) -> dict[str, Mapping[str, str]]:
    """Return the study's levels that are told by sentences, each under the level whose sentences it takes."""
    found: dict[str, Mapping[str, str]] = {}
    for criterion in study.criteria:
        levels = study.names.criteria[criterion.name].levels
        for level in criterion.levels:
            source = levels[level.name].texts_of
            if source is not None and not levels[level.name].names:
                label = levels[source].label
                found[source] = {code: written_label(label, source, code) for code in languages}
    return found
