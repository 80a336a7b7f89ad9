"""The gate of surveys and risk analyses: figures in, releases out.

A figure leaves when enough people are behind it; when not all of them answered alike (all "no" may be shown: it accuses
nobody); and when not so few said yes, or no, that a group who know their own answers would know the others'. Where one
figure of a margin is hidden, the next smallest is hidden too, so that no total less the others gives it; what is shown
is rounded. A share that is hidden for the sector is hidden in every margin. A figure that left before on almost
the same answers stays hidden, since the two together would tell what the few others answered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from corrtest.disclosure.keyed import secret_for
from corrtest.disclosure.policy import ALL_BUT_ONE, Override, Policy, override_needed, policy_for
from corrtest.disclosure.serialising import (
    is_releases,
    read_override,
    read_policy_used,
    released_text,
    sealed,
    unsealed,
)
from corrtest.errors import DisclosureError
from corrtest.language import say
from corrtest.questionnaires import Figure, QuestionnaireResults

__all__ = [
    "QuestionnaireRelease",
    "is_questionnaire_release",
    "questionnaire_to_json",
    "read_questionnaire_release",
    "release_questionnaire",
]

SCHEMA = "corrtest/questionnaire-releases/1"
_DECIMALS = {"share": 3, "difference": 3, "score": 0, "likelihood": 1, "harm": 1, "evidence": 1, "agreement": 1}
_SEAL = object()
# What the release log remembers of a questionnaire: its figures, with how many said yes.
_FACT = "questionnaire"

Key = tuple[str, str, str, str]


class Memory(Protocol):
    """What the gate asks of the memory of earlier releases."""

    @property
    def secret(self) -> bytes:
        """The secret that the results belong to."""

    def told(self, name: str) -> list[Any]:
        """Return a fact as each publication told it."""

    def tell(self, facts: Mapping[str, Any]) -> None:
        """Remember facts about what leaves now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireRelease:
    """What a report on a survey or risk analysis may print; made by `release_questionnaire` alone.

    `hidden` names the figures that do not leave, as (item, kind, margin, group); `override` says who allowed a laxer
    policy than the default one.
    """

    instrument: str
    study: Mapping[str, Any]
    figures: tuple[Figure, ...]
    hidden: tuple[Key, ...]
    counts: Mapping[str, Any]
    least: int
    policy: Policy
    override: Override | None
    confidence_level: float
    simulated: bool
    seal: object = None

    def __post_init__(self) -> None:
        """Refuse what did not come through the gate."""
        if self.seal is not _SEAL:
            raise DisclosureError(say("Only the disclosure gate makes a release."))


def release_questionnaire(
    results: QuestionnaireResults,
    base: Policy | None = None,
    log: Memory | None = None,
    *,
    override: Override | None = None,
) -> QuestionnaireRelease:
    """Return what may be printed of a survey or risk analysis, and write it down in `log`.

    Parameters
    ----------
    base : Policy, optional
        The policy (else the default one), made stricter where the study asks for it.
    log : ReleaseLog or Publication, optional
        Earlier releases of the same study; only simulated answers leave without it.
    override : Override, optional
        Who allows a policy that is laxer than the default one, and why; such a policy is refused without it.

    Raises
    ------
    DisclosureError
        The study asks for protection from somebody who knows all answers but one, which these figures do not carry; or
        what leaves would not be remembered, or nobody allowed a laxer policy.
    """
    policy = policy_for(results, base)
    allowed = override_needed(results, policy, override)
    secret_for(results, log)
    if policy.protection == ALL_BUT_ONE and not results.simulated:
        raise DisclosureError(
            say(
                'A survey or risk analysis has no noise on its figures, so that protection = "all_but_one" cannot be '
                'had. Leave it out of [disclosure], or write "coalition".'
            )
        )
    # A pair of applications costs an employer more than a survey's answer tells, but the least number is one rule.
    least = policy.min_pairs if results.instrument == "survey" else policy.min_employers
    few = policy.coalition_employers + 1
    earlier = _earlier(log)
    by_item: dict[str, list[Figure]] = {}
    for figure in results.figures:
        by_item.setdefault(figure.item, []).append(figure)
    shown: list[Figure] = []
    hidden: list[tuple[str, str, str, str]] = []
    for figures in by_item.values():
        before = [
            _told_before(figure, earlier.get(_key(figure), []), few, policy.releases_per_cell) for figure in figures
        ]
        told = _hidden(figures, before, least, few)
        shown += [figure for place, figure in enumerate(figures) if place not in told]
        hidden += [_key(figure) for place, figure in enumerate(figures) if place in told]
    if not shown:
        raise DisclosureError(
            say(
                "No figure rests on {least} answers or more, so that nothing may leave. Wait for more answers.",
                least=least,
            )
        )
    if log is not None:
        remembered = [_remembered(figure) for figure in shown]
        log.tell({_FACT: remembered} | ({} if allowed is None else {"override": allowed.as_dict()}))
    return QuestionnaireRelease(
        instrument=results.instrument,
        study=results.study,
        figures=tuple(_rounded(figure) for figure in shown),
        hidden=tuple(hidden),
        counts=_counts(results.counts, few),
        least=least,
        policy=policy,
        override=allowed,
        confidence_level=results.confidence_level,
        simulated=results.simulated,
        seal=_SEAL,
    )


def questionnaire_to_json(released: QuestionnaireRelease) -> str:
    """Return the release as JSON; `seal` is the fingerprint of the rest, so that a changed file is noticed."""
    return sealed(
        {
            "schema": SCHEMA,
            "instrument": released.instrument,
            "simulated": released.simulated,
            "study": dict(released.study),
            "confidence_level": released.confidence_level,
            "least": released.least,
            "policy": released.policy.as_dict(),
            "override": None if released.override is None else released.override.as_dict(),
            "counts": dict(released.counts),
            "figures": [figure.public() for figure in released.figures],
            "hidden": [list(key) for key in released.hidden],
        }
    )


def read_questionnaire_release(path: str | Path) -> QuestionnaireRelease:
    """Read what `questionnaire_to_json` wrote.

    Raises
    ------
    DisclosureError
        The file is no release of a survey or risk analysis, or was changed after it left the gate.
    """
    content = unsealed(released_text(path), Path(path).name, SCHEMA)
    del content["schema"]
    return QuestionnaireRelease(
        **{
            **content,
            "figures": tuple(Figure(**figure) for figure in content["figures"]),
            "policy": read_policy_used(content["policy"], Path(path).name),
            "override": read_override(content["override"]),
            "hidden": tuple((item, kind, margin, group) for item, kind, margin, group in content["hidden"]),
        },
        seal=_SEAL,
    )


def is_questionnaire_release(path: str | Path) -> bool:
    """Return whether a JSON file says of itself that it holds releases of a survey or a risk analysis."""
    return is_releases(path, SCHEMA)


def _remembered(figure: Figure) -> dict[str, Any]:
    """Return what the log keeps of a figure: as it was before it was rounded, since the log is secret."""
    return {"key": list(_key(figure)), "answers": figure.answers, "positives": figure.positives, "value": figure.value}


def _earlier(log: Memory | None) -> dict[Key, list[tuple[int, int | None, float]]]:
    """Return what left before of each figure: answers, how many said yes, value; each different one once."""
    found: dict[Key, list[tuple[int, int | None, float]]] = {}
    for figures in [] if log is None else log.told(_FACT):
        for figure in figures:
            item, kind, margin, group = figure["key"]
            known = found.setdefault((item, kind, margin, group), [])
            facts = (figure["answers"], figure["positives"], figure["value"])
            if not any(_same(facts, other) for other in known):
                known.append(facts)
    return found


def _same(one: tuple[int, int | None, float], other: tuple[int, int | None, float]) -> bool:
    """Return whether two figures rest on the same answers: by those who said yes, else by the value."""
    return one[:2] == other[:2] and (one[1] is not None or math.isclose(one[2], other[2], rel_tol=1e-9))


def _told_before(figure: Figure, earlier: Sequence[tuple[int, int | None, float]], few: int, times: int) -> bool:
    """Return whether a figure, held against those that left before, would tell of a few."""
    facts = (figure.answers, figure.positives, figure.value)
    if any(_same(facts, other) for other in earlier):
        return False
    return len(earlier) >= times or any(_tells_of_few(figure, other, few) for other in earlier)


def _tells_of_few(figure: Figure, other: tuple[int, int | None, float], few: int) -> bool:
    """Return whether the answers by which two figures differ are few, or a few of them said yes, or no."""
    more = figure.answers - other[0]
    yes = None if figure.positives is None or other[1] is None else figure.positives - other[1]
    if more < 0:
        more, yes = -more, None if yes is None else -yes
    if more < few:
        return True
    return yes is not None and (yes < 0 or 0 < yes < few or more - yes < few)


def _hidden(figures: Sequence[Figure], before: Sequence[bool], least: int, few: int) -> set[int]:
    """Return the places of the figures of one item that may not be shown; `before` says which earlier ones hide."""
    told = {place for place, figure in enumerate(figures) if before[place] or _broken(figure, least, few)}
    if any(figures[place].margin in ("all", "arm") for place in told):
        return set(range(len(figures)))
    for margin in {figure.margin for figure in figures} - {"all", "arm"}:
        places = [place for place, figure in enumerate(figures) if figure.margin == margin]
        inside = [place for place in places if place in told]
        rest = sorted((place for place in places if place not in told), key=lambda place: figures[place].answers)
        # What is hidden together must satisfy the rule together, or the total less the rest gives it.
        while inside and rest and (len(inside) < 2 or sum(figures[place].answers for place in inside) < least):
            inside.append(rest.pop(0))
        told |= set(inside)
    return told


def _broken(figure: Figure, least: int, few: int) -> bool:
    """Return whether a figure may not leave by itself."""
    if figure.answers < least:
        return True
    if figure.positives is not None:
        negatives = figure.answers - figure.positives
        return 0 < figure.positives < few or negatives < few
    return figure.alike


def _rounded(figure: Figure) -> Figure:
    decimals = _DECIMALS[figure.kind]

    def at(value: float | None) -> float | None:
        return None if value is None else round(value, decimals)

    value = round(figure.value, decimals)
    return replace(figure, value=value, lower=at(figure.lower), upper=at(figure.upper), positives=None)


def _counts(counts: Mapping[str, Any], few: int) -> dict[str, Any]:
    """Return the facts on who answered; kinds of people of whom there are few are counted together."""
    told: dict[str, Any] = {}
    for name, value in counts.items():
        if not isinstance(value, Mapping):
            told[name] = value
            continue
        large = {key: count for key, count in value.items() if key and count >= few}
        rest = sum(value.values()) - sum(large.values())
        if 0 < rest < few and large:
            rest += large.pop(min(large, key=lambda key: large[key]))
        told[name] = {**large, **({"": rest} if rest else {})}
    return told


def _key(figure: Figure) -> Key:
    return figure.item, figure.kind, figure.margin, figure.group
