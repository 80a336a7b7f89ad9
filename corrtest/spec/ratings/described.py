"""What a preregistration and a report say of how a study's signals were rated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from corrtest.spec.criteria import KnownCriterion, KnownLevel
from corrtest.spec.criterion import Criterion
from corrtest.spec.ratings.choice import ChosenNames, SignalOptions
from corrtest.spec.ratings.table import RatedSignal

__all__ = ["described_signals"]


def described_signals(
    criteria: Sequence[Criterion],
    known: Mapping[str, KnownCriterion],
    chosen: ChosenNames,
    rated: Iterable[RatedSignal],
    *,
    asked: SignalOptions,
    control: str,
) -> dict[str, Any]:
    """Return how the names and sentences of a study's levels were rated; empty where no level is told by either.

    Parameters
    ----------
    control : str
        The origin of the names of a candidate without a signal.

    Returns
    -------
    dict
        `levels`: criterion, level, kind ("names" or "sentences") and, where rated, how many were rated, recognised and
        chosen, their mean recognition and perceived class; `control`: the same of the control names; `sources`;
        `asked`.
    """
    sentences: dict[str, list[RatedSignal]] = {}
    for each in rated:
        if each.kind == "sentence":
            sentences.setdefault(each.stands_for, []).append(each)
    levels = []
    for criterion in criteria:
        for level in criterion.levels:
            found = known[criterion.name].levels.get(level.name) if criterion.name in known else None
            kind = None if found is None else _kind(found)
            if found is None or kind is None:
                continue
            said = (
                chosen.of_origin(found.names or "")
                if kind == "names"
                else _of_sentences(sentences.get(found.texts_of or found.name, ()))
            )
            levels.append({"criterion": criterion.name, "level": level.name, "kind": kind, "rating": said})
    if not levels:
        return {}
    sources = [*chosen.sources, *(each.source for several in sentences.values() for each in several)]
    return {
        "levels": levels,
        "control": chosen.of_origin(control),
        "sources": list(dict.fromkeys(sources)),
        "asked": {"recognition": asked.recognition, "class_difference": asked.class_difference},
    }


def _kind(level: KnownLevel) -> str | None:
    if level.names:
        return "names"
    return "sentences" if level.texts_of else None


def _of_sentences(rated: Sequence[RatedSignal]) -> dict[str, Any] | None:
    if not rated:
        return None
    classes = [each.perceived_class for each in rated if each.perceived_class is not None]
    return {
        "rated": len(rated),
        "recognised": len(rated),
        "chosen": len(rated),
        "recognition": fmean(each.recognition for each in rated),
        "perceived_class": fmean(classes) if classes else None,
    }
