"""What a study preregistered about its analysis: the default wherever the caller does not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from corrtest.analysis.designs import PAIRED, design_named
from corrtest.errors import AnalysisError, nearest
from corrtest.language import keep, say
from corrtest.spec import INCIDENT_RULES, PRIMARY_OUTCOMES, SIMULATED, AnalysisOptions, MonitoringRule

ODD_REACTIONS = ("as_coded", "left_out", "bounded")
MULTIPLICITY = ("holm", "benjamini_hochberg", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How one analysis is done.

    `cluster` is "employer", "employer_and_caller", "vacancy", "none", a column, or two columns.
    """

    confidence_level: float
    employer_correlation: float
    cluster: str | tuple[str, ...]
    multiplicity: str
    odd_reactions: str
    incidents: str
    monitoring: Mapping[str, Any] | None
    departures: tuple[str, ...]

    @classmethod
    def of(
        cls,
        study: Mapping[str, Any] | None,
        *,
        confidence_level: float | None = None,
        cluster: str | Sequence[str] | None = None,
        multiplicity: str | None = None,
        odd_reactions: str | None = None,
        incidents: str | None = None,
        weights: str | None = None,
    ) -> Choices:
        """Take each choice from the caller, else from the study's description, else the default of `AnalysisOptions`.

        A choice of the caller that differs from the study's is a departure, and is noted as one.

        Raises
        ------
        AnalysisError
            There is no such way to treat odd reactions, or to adjust p-values.
        """
        registered = (study or {}).get("analysis") or {}
        default = AnalysisOptions().description()
        given: dict[str, Any] = {
            "confidence_level": confidence_level,
            "cluster": cluster if cluster is None or isinstance(cluster, str) else tuple(cluster),
            "multiplicity": multiplicity,
            "odd_reactions": odd_reactions,
            "incidents": incidents,
        }
        chosen = {
            name: registered.get(name, default[name]) if value is None else value for name, value in given.items()
        }
        correlation = registered.get("employer_correlation", default["employer_correlation"])
        _among("odd reactions", chosen["odd_reactions"], ODD_REACTIONS)
        _among("incidents", chosen["incidents"], INCIDENT_RULES)
        _among("multiplicity", chosen["multiplicity"], MULTIPLICITY)
        departures = [
            keep(
                "Departs from the preregistration: {name} {said}, not {registered}.",
                name=name.replace("_", " "),
                said=_said(value),
                registered=_said(registered[name]),
            )
            for name, value in given.items()
            if value is not None and name in registered and value != registered[name]
        ]
        if study is not None and weights is not None:
            departures.append(
                keep(
                    "Departs from the preregistration: weighted by {weights}. What is published is not weighted.",
                    weights=weights,
                )
            )
        return cls(
            **chosen,
            employer_correlation=float(correlation),
            monitoring=registered.get("monitoring"),
            departures=tuple(departures),
        )

    @property
    def correlation(self) -> float:
        """The correlation between the pairs of one employer that is counted: none where all are independent."""
        cluster = cast(Any, self.cluster)
        return AnalysisOptions(cluster=cluster, employer_correlation=self.employer_correlation).counted_correlation

    @property
    def rule(self) -> MonitoringRule | None:
        """The early looks that the study preregistered."""
        if not self.monitoring:
            return None
        return MonitoringRule(
            rule=self.monitoring["rule"],
            looks=tuple(float(look) for look in self.monitoring.get("looks") or ()),
            alpha=float(self.monitoring.get("alpha", 0.05)),
        )


def says_simulated(study: Mapping[str, Any] | None, plan: Mapping[str, Any] | None) -> bool:
    """Say whether a study's description or a plan's manifest says that it is simulated."""
    return any(bool((said or {}).get(SIMULATED)) for said in (study, plan))


def primary_outcome(outcomes: Sequence[str], study: Mapping[str, Any] | None) -> str:
    """Return the outcome that is tested and leads: the study's choice, or the only one of a table with 0/1 columns."""
    chosen = str((study or {}).get("primary_outcome") or PRIMARY_OUTCOMES[0])
    return chosen if chosen in outcomes else outcomes[0]


def planned_rows(study: Mapping[str, Any] | None) -> dict[tuple[str, str], int]:
    """Return (criterion, joint committee) → the rows that the study's table has when its quotas are reached.

    A row is a pair, or an application where the study is unpaired; a quota counts pairs or applications, as it says.
    """
    described = study or {}
    design = design_named(described.get("pairing") or PAIRED.name)
    rows_a_test = design.rows_a_test(of_applications=described.get("tests_are") == "applications")
    return {
        (criterion, str(committee["number"])): int(wanted * rows_a_test)
        for committee in described.get("committees") or ()
        for criterion, wanted in committee["pairs"].items()
        if wanted
    }


def _among(what: str, given: str, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise AnalysisError(
            say(
                "There is no way of {what} called '{given}'. {nearest}",
                what=what,
                given=given,
                nearest=nearest(given, allowed),
            )
        )


def _said(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, tuple) else str(value)
