"""The sector survey as a form: experiences, list experiments, and a vignette whose name is drawn by lot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from corrtest.questionnaires.committees import committee_choices, ground_labels
from corrtest.questionnaires.forms import Block, Form, Lot, Question
from corrtest.questionnaires.texts import choices_of, form_languages, questionnaire_texts
from corrtest.spec import Study

__all__ = ["Item", "list_answers", "survey_form", "survey_items"]

LIST, VIGNETTE = "list_lot", "vignette_lot"
_BULLET = " • "


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question on experience that is answered by yes or no; `short` heads its row in a report."""

    name: str
    ground: str
    label: Mapping[str, str]
    short: Mapping[str, str]


def survey_items(study: Study) -> tuple[Item, ...]:
    """Return the items of a study: those by ground once for each of its criteria."""
    texts, grounds = questionnaire_texts("survey"), ground_labels(study)
    made = []
    for item in texts["item"][study.survey.of]:
        if not item.get("by_ground"):
            made.append(Item(name=item["name"], ground="", label=_said(item), short=item["short"]))
            continue
        for ground, label in grounds.items():
            made.append(
                Item(
                    name=f"{item['name']}_{ground}",
                    ground=ground,
                    label={code: text.format(ground=label[code]) for code, text in _said(item).items()},
                    short={code: text.format(ground=label[code]) for code, text in item["short"].items()},
                )
            )
    return tuple(made)


def list_answers(study: Study) -> tuple[str, ...]:
    """Return the lists that are asked, by name; none where there is no list experiment."""
    if "double_list" in study.survey.experiments:
        return ("first", "second")
    return ("first",) if "list" in study.survey.experiments else ()


def survey_form(study: Study, languages: Iterable[str] | None = None) -> Form:
    """Return the form of a study."""
    texts, of = questionnaire_texts("survey"), study.survey.of
    about = Block(
        name="about",
        title=texts["part"]["about"],
        questions=(
            Question(name="code", kind="text", label=texts["question"]["code"]),
            Question(name="committee", kind="choice", choices="committee", label=texts["question"]["committee"]),
            Question(name="size", kind="choice", choices="size", label=texts["question"]["size"]),
        ),
    )
    experience = Block(
        name="experience",
        title=texts["part"]["experience"],
        questions=tuple(
            Question(name=item.name, kind="choice", choices="yesno", label=item.label) for item in survey_items(study)
        ),
    )
    lists = list_answers(study)
    parts: list[Block | Lot] = [about, experience]
    if lists:
        parts.append(Lot(name=LIST, blocks=tuple(_lists(texts, of, lists, arm) for arm in (1, 2))))
    if "vignette" in study.survey.experiments:
        parts.append(Lot(name=VIGNETTE, blocks=tuple(_vignette(texts, of, arm) for arm in ("control", "treated"))))
    return Form(
        name=f"corrtest_survey_{of}",
        title=texts["title"],
        introduction=texts["introduction"][of],
        languages=form_languages(texts, study.language, languages),
        parts=tuple(parts),
        choices={
            "committee": committee_choices(study),
            **{name: choices_of(texts, name) for name in ("size", "yesno", "likely", "count4", "count5")},
        },
    )


def _lists(texts: Mapping[str, Any], of: str, lists: tuple[str, ...], arm: int) -> Block:
    """Return the lists of one arm: arm 2 sees the sensitive statement in the first list, arm 1 in the second."""
    questions = []
    for place, name in enumerate(lists):
        longer = (arm == 2) == (place == 0)
        statements = list(texts["list"][of][name])
        if longer:
            # In the middle, where it stands out least.
            statements.insert(2, texts["list"][of]["sensitive"])
        label = {
            code: asked + _BULLET + _BULLET.join(each[code] for each in statements)
            for code, asked in texts["list"]["asked"].items()
        }
        choices = "count5" if longer else "count4"
        questions.append(Question(name=f"list_{name}_{arm}", kind="choice", choices=choices, label=label))
    return Block(name=f"list_{arm}", title=texts["part"]["list"], questions=tuple(questions))


def _vignette(texts: Mapping[str, Any], of: str, arm: str) -> Block:
    name = texts["vignette"]["names"][arm]
    label = {code: text.format(name=name) for code, text in texts["vignette"][of].items()}
    question = Question(name=f"vignette_{arm}", kind="choice", choices="likely", label=label)
    return Block(name=f"vignette_{arm}_block", title=texts["part"]["vignette"], questions=(question,))


def _said(item: Mapping[str, Any]) -> dict[str, str]:
    return {code: item[code] for code in ("nl", "fr", "en")}
