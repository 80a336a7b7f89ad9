"""The risk analysis as a form: three scales for each ground in each area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corrtest.questionnaires.committees import committee_choices, ground_labels
from corrtest.questionnaires.forms import Block, Form, Question
from corrtest.questionnaires.texts import choices_of, form_languages, questionnaire_texts
from corrtest.spec import Study

__all__ = ["SCALES", "risk_form", "risks_of"]

SCALES = ("likelihood", "harm", "evidence")
ABOUT = ("role", "organisation", "committee")


def risks_of(study: Study) -> tuple[tuple[str, str], ...]:
    """Return every risk as (area, ground)."""
    return tuple((area, c.name) for area in study.risk_analysis.areas for c in study.criteria)


def risk_form(study: Study, languages: Iterable[str] | None = None) -> Form:
    """Return the form of a study."""
    texts, grounds = questionnaire_texts("risk"), ground_labels(study)
    about = Block(
        name="about",
        title=texts["about"],
        questions=tuple(
            Question(name=name, kind="choice", label=texts["question"][name], choices=name) for name in ABOUT
        ),
    )
    areas = [
        Block(
            name=f"area_{area}",
            title=texts["area"][area],
            questions=tuple(
                question for ground in grounds for question in _asked(area, ground, grounds[ground], texts)
            ),
        )
        for area in study.risk_analysis.areas
    ]
    named = {name: choices_of(texts, name) for name in ("role", "organisation", *SCALES)}
    return Form(
        name="corrtest_risk_analysis",
        title=texts["title"],
        introduction=texts["introduction"],
        languages=form_languages(texts, study.language, languages),
        parts=(about, *areas),
        choices={**named, "committee": committee_choices(study)},
    )


def _asked(area: str, ground: str, label: Mapping[str, str], texts: Mapping[str, Mapping]) -> list[Question]:  # type: ignore[type-arg]
    examples = texts["risk"].get(area, {}).get(ground)
    said = examples or {code: text.format(ground=label[code]) for code, text in texts["risk"]["other"].items()}
    shown = {code: f"{label[code][:1].upper()}{label[code][1:]}. {text}" for code, text in said.items()}
    scales = [
        Question(
            name=f"{area}_{ground}_{scale}",
            kind="choice",
            choices=scale,
            label={code: f"{text} ({label[code]})" for code, text in texts["question"][scale].items()},
        )
        for scale in SCALES
    ]
    return [Question(name=f"{area}_{ground}_about", kind="note", label=shown), *scales]
