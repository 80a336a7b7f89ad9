"""Suggestions in a study: by its own model where it trained one, and off where they are not proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corrtest.language import say
from corrtest.mail.answers import Answer, read_answers
from corrtest.mail.suggesting import (
    CLASSES,
    MODEL_FILE,
    Checked,
    Confusion,
    Model,
    Suggestion,
    confusion,
    plain_words,
    read_model,
    suggest,
    train,
)
from corrtest.register import Register

__all__ = ["NEEDED", "Standing", "own_answers", "standing", "suggested_for", "train_own"]

# So many answers must a person have confirmed before anything is suggested: fewer do not show how often it is wrong.
NEEDED = 50
# Below this, suggestions are as good as proven to be wrong more often in one arm: nothing is suggested then.
DIFFERS = 0.05
_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How suggestions stand in a study.

    Attributes
    ----------
    confirmed : int
        Answers of one application each that a person confirmed.
    own : int
        How many of the study's own answers the model learnt from.
    confusion : Confusion
        What would have been suggested for them, against what the person said.
    off : str
        Why nothing is suggested; "" where it is.
    """

    confirmed: int
    own: int
    confusion: Confusion
    off: str


def own_answers(register: Register, *, actor: str) -> list[Answer]:
    """Return the answers of which a person confirmed what they are, each of one application."""
    return [
        each
        for each in read_answers(register, actor=actor, states=("confirmed",))
        if each.mail.outcome in CLASSES and len(each.mail.arms) == 1
    ]


def train_own(register: Register, secret: Path, *, actor: str) -> Model:
    """Train the model on the study's own confirmed answers too, and keep it in the folder of secrets."""
    model = train(register.study.seed, _examples(own_answers(register, actor=actor)))
    model.write(secret / MODEL_FILE)
    return model


def standing(register: Register, secret: Path, *, actor: str) -> Standing:
    """Return how suggestions stand: each answer is told by a model that did not learn from its pair."""
    answers, model = own_answers(register, actor=actor), _model(register, secret)
    pairs = list(dict.fromkeys(each.mail.pair_id for each in answers))
    fold_of = {pair: number % _FOLDS for number, pair in enumerate(pairs)}
    models = [model] * _FOLDS
    if model.own:
        models = [
            train(register.study.seed, _examples([each for each in answers if fold_of[each.mail.pair_id] != fold]))
            for fold in range(_FOLDS)
        ]
    checked = []
    for each in answers:
        found = _suggest(models[fold_of[each.mail.pair_id]], each)
        checked.append(
            Checked(
                pair_id=str(each.mail.pair_id),
                arm=each.mail.arms[0],
                confirmed=each.mail.outcome,
                suggested="" if found is None else found.reaction,
            )
        )
    made = confusion(checked, register.study.outcomes.broad, register.study.seed)
    return Standing(confirmed=len(answers), own=model.own, confusion=made, off=_why_off(len(answers), made))


def suggested_for(
    register: Register, secret: Path, answers: Sequence[Answer], *, actor: str
) -> Mapping[int, Suggestion]:
    """Return number of a mail → what is suggested; none where suggestions are off, or a mail is not matched yet."""
    matched = [each for each in answers if each.mail.state == "waiting"]
    count = sum(each.state == "confirmed" for each in register.inbox.mails(actor=actor).values())
    if not matched or count < NEEDED or standing(register, secret, actor=actor).off:
        return {}
    model = _model(register, secret)
    found = {each.mail.number: _suggest(model, each) for each in matched}
    return {number: each for number, each in found.items() if each is not None}


def _why_off(confirmed: int, made: Confusion) -> str:
    if confirmed < NEEDED:
        return say("{confirmed} answers are confirmed, and {needed} are needed.", confirmed=confirmed, needed=NEEDED)
    if made.p_value < DIFFERS:
        return say("they are wrong more often in one arm than in the other (p = {p:.3f}).", p=made.p_value)
    return ""


def _model(register: Register, secret: Path) -> Model:
    kept = secret / MODEL_FILE
    return read_model(kept) if kept.is_file() else train(register.study.seed)


def _examples(answers: Sequence[Answer]) -> list[tuple[str, str]]:
    return [(plain_words(each.subject, each.text), each.mail.outcome) for each in answers]


def _suggest(model: Model, answer: Answer) -> Suggestion | None:
    return suggest(model, answer.subject, answer.text, answer.mail.kinds)
