"""The gate of surveys and risk analyses: figures in, releases out.

A figure leaves when enough people are behind it; when not all of them answered alike (all "no" may be shown: it accuses
nobody); and when not so few said yes, or no, that a group who know their own answers would know the others'. Where one
figure of a margin is hidden, the next smallest is hidden too, so that no total less the others gives it; what is shown
is rounded. A share that is hidden for the sector is hidden in every margin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from corrtest.disclosure.policy import ALL_BUT_ONE, Policy, default_policy
from corrtest.disclosure.serialising import is_releases, released_text, sealed, unsealed
from corrtest.errors import DisclosureError
from corrtest.language import say
from corrtest.questionnaires import Figure, QuestionnaireResults
from corrtest.spec import DisclosureOptions

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


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireRelease:
    """What a report on a survey or risk analysis may print; made by `release_questionnaire` alone.

    `hidden` names the figures that do not leave, as (item, kind, margin, group).
    """

    instrument: str
    study: Mapping[str, Any]
    figures: tuple[Figure, ...]
    hidden: tuple[tuple[str, str, str, str], ...]
    counts: Mapping[str, Any]
    least: int
    confidence_level: float
    simulated: bool
    seal: object = None

    def __post_init__(self) -> None:
        """Refuse what did not come through the gate."""
        if self.seal is not _SEAL:
            raise DisclosureError(say("Only the disclosure gate makes a release."))


def release_questionnaire(results: QuestionnaireResults, policy: Policy | None = None) -> QuestionnaireRelease:
    """Return what may be printed of a survey or risk analysis.

    Raises
    ------
    DisclosureError
        The study asks for protection from somebody who knows all answers but one, which these figures do not carry.
    """
    asked = dict(results.study.get("disclosure") or {})
    options = DisclosureOptions(**{name: asked.get(name) for name in ("min_pairs", "min_employers", "protection")})
    policy = (policy or default_policy()).for_study(options)
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
    by_item: dict[str, list[Figure]] = {}
    for figure in results.figures:
        by_item.setdefault(figure.item, []).append(figure)
    shown: list[Figure] = []
    hidden: list[tuple[str, str, str, str]] = []
    for figures in by_item.values():
        told = _hidden(figures, least, few)
        shown += [_rounded(figure) for place, figure in enumerate(figures) if place not in told]
        hidden += [_key(figure) for place, figure in enumerate(figures) if place in told]
    if not shown:
        raise DisclosureError(
            say(
                "No figure rests on {least} answers or more, so that nothing may leave. Wait for more answers.",
                least=least,
            )
        )
    return QuestionnaireRelease(
        instrument=results.instrument,
        study=results.study,
        figures=tuple(shown),
        hidden=tuple(hidden),
        counts=_counts(results.counts, few),
        least=least,
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
            "counts": dict(released.counts),
            "figures": [_public(figure) for figure in released.figures],
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
            "hidden": tuple((item, kind, margin, group) for item, kind, margin, group in content["hidden"]),
        },
        seal=_SEAL,
    )


def is_questionnaire_release(path: str | Path) -> bool:
    """Return whether a JSON file says of itself that it holds releases of a survey or a risk analysis."""
    return is_releases(path, SCHEMA)


def _public(figure: Figure) -> dict[str, Any]:
    """Return a figure as plain objects, without how many said yes and whether all answered alike."""
    return {name: value for name, value in asdict(figure).items() if name not in ("positives", "alike")}


def _hidden(figures: Sequence[Figure], least: int, few: int) -> set[int]:
    """Return the places of the figures of one item that may not be shown."""
    told = {place for place, figure in enumerate(figures) if _broken(figure, least, few)}
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


def _key(figure: Figure) -> tuple[str, str, str, str]:
    return figure.item, figure.kind, figure.margin, figure.group
