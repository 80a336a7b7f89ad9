"""Which rated names a study uses: those that are recognised, and of equal perceived class in both arms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from corrtest.errors import Fault
from corrtest.language import say
from corrtest.spec.ratings.table import RATED_FILE, RatedSignal

__all__ = ["USUAL_OPTIONS", "ChosenNames", "ChosenOf", "SignalOptions", "choose_names"]

# Part of a name ("first" or "last"), its origin, and the gender of a given name ("any" of a family name).
Group = tuple[str, str, str]
_PART = {"given_name": "first", "family_name": "last"}
# With fewer names than this, an employer or a reader would soon see one again.
_LEAST = {"first": 5, "last": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalOptions:
    """What a study asks of a rated signal.

    Attributes
    ----------
    recognition : float
        Least share of raters who recognise a name as what it stands for (and the gender of a given name).
    class_difference : float
        Most difference between the mean perceived class (1 to 5) of the names of two origins.
    """

    recognition: float = 0.7
    class_difference: float = 0.25


USUAL_OPTIONS = SignalOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenOf:
    """The names of one origin, part and gender: how many were rated and recognised, and those that are used."""

    rated: int
    recognised: int
    names: tuple[str, ...]
    recognition: float
    perceived_class: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChosenNames:
    """The names that a study uses, where they were rated; `faults` say where too few are left."""

    groups: Mapping[Group, ChosenOf] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    def names(self, part: str, origin: str, gender: str) -> frozenset[str] | None:
        """Return the names that may be used; None where none was rated, so that all may."""
        found = self.groups.get((part, origin, gender))
        return None if found is None else frozenset(found.names)

    def of_origin(self, origin: str) -> dict[str, Any] | None:
        """Return what a report and a preregistration say of an origin's names; None where none was rated."""
        own = [found for (_, each, _), found in self.groups.items() if each == origin]
        if not own:
            return None
        classes = [found.perceived_class for found in own if found.perceived_class is not None]
        return {
            "rated": sum(found.rated for found in own),
            "recognised": sum(found.recognised for found in own),
            "chosen": sum(len(found.names) for found in own),
            "recognition": fmean(found.recognition for found in own),
            "perceived_class": fmean(classes) if classes else None,
        }


def choose_names(rated: Iterable[RatedSignal], options: SignalOptions) -> ChosenNames:
    """Choose among rated names.

    A name is recognised where `options.recognition` of its raters saw the origin that it stands for, and the gender.
    Of those that are, the ones whose perceived class lies furthest from the middle of all origins are left out one by
    one, until the mean class of every origin lies within half of `options.class_difference` of it: no two origins then
    differ by more. Given names of women and of men, and family names, are chosen apart. A name whose class was not
    rated stays, and counts for no mean.
    """
    groups: dict[Group, list[RatedSignal]] = {}
    names = [each for each in rated if each.kind in _PART]
    for each in names:
        gender = each.gender if each.kind == "given_name" else "any"
        groups.setdefault((_PART[each.kind], each.stands_for, gender), []).append(each)
    recognised = {
        group: [each for each in signals if _recognised(each, options.recognition)] for group, signals in groups.items()
    }
    chosen: dict[Group, ChosenOf] = {}
    faults = []
    for group, known in recognised.items():
        part, _, gender = group
        means = [
            fmean(classes)
            for (other, _, of_gender), signals in recognised.items()
            if (other, of_gender) == (part, gender) and (classes := _classes(signals))
        ]
        kept = _of_equal_class(known, median(means) if means else 0.0, options.class_difference / 2, _LEAST[part])
        classes = _classes(kept)
        chosen[group] = ChosenOf(
            rated=len(groups[group]),
            recognised=len(known),
            names=tuple(sorted(each.signal for each in kept)),
            recognition=fmean(each.recognition for each in kept) if kept else 0.0,
            perceived_class=fmean(classes) if classes else None,
        )
        off = bool(classes) and abs(fmean(classes) - median(means)) > options.class_difference / 2 + 1e-9
        if len(kept) < _LEAST[part] or off:
            faults.append(_too_few(group, len(known), len(groups[group]), off=off))
    sources = tuple(dict.fromkeys(each.source for each in names))
    return ChosenNames(groups=chosen, sources=sources, faults=tuple(faults))


def _recognised(signal: RatedSignal, least: float) -> bool:
    gender = signal.gender_recognition
    return signal.recognition >= least and (gender is None or gender >= least)


def _classes(signals: Sequence[RatedSignal]) -> list[float]:
    return [each.perceived_class for each in signals if each.perceived_class is not None]


def _of_equal_class(signals: Sequence[RatedSignal], middle: float, most: float, least: int) -> list[RatedSignal]:
    """Return the signals without those that pull the mean class furthest from the middle."""
    kept = list(signals)
    while len(kept) > least and (classes := _classes(kept)) and abs(fmean(classes) - middle) > most:
        above = fmean(classes) > middle
        rated = [each for each in kept if each.perceived_class is not None]
        worst = (max if above else min)(rated, key=lambda each: (each.perceived_class or 0.0, each.signal))
        kept.remove(worst)
    return kept


def _too_few(group: Group, recognised: int, rated: int, *, off: bool) -> Fault:
    part, origin, gender = group
    kinds = {
        ("first", "woman"): say("given names of women"),
        ("first", "man"): say("given names of men"),
        ("last", "any"): say("family names"),
    }
    return Fault(
        file=RATED_FILE,
        given=say(
            "{kind} of {origin}: {recognised} of {rated} recognised",
            kind=kinds[part, gender],
            origin=origin,
            recognised=recognised,
            rated=rated,
        ),
        expected=say("as many as {least} whose mean class is that of the other origins", least=_LEAST[part])
        if off
        else say("{least} or more", least=_LEAST[part]),
        action=say("Have more names rated, or lower recognition or raise class_difference in [signals]."),
    )
