"""The tables `[survey]` and `[risk_analysis]`: who is asked, how many, and by which experiments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from corrtest.language import say
from corrtest.spec.section import Section

__all__ = ["AREAS", "QUESTIONNAIRES", "RiskAnalysis", "Survey", "risk_analysis", "survey"]

Asked = Literal["employers", "workers"]
Experiment = Literal["list", "double_list", "vignette"]

# Instruments that ask, and send no application.
QUESTIONNAIRES = ("survey", "risk_analysis")
ASKED: tuple[Asked, ...] = ("employers", "workers")
EXPERIMENTS: tuple[Experiment, ...] = ("list", "double_list", "vignette")
AREAS = ("recruitment", "training", "treatment", "promotion")
_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The sector survey.

    Attributes
    ----------
    of : {"employers", "workers"}
    respondents : int
        How many answers are wanted.
    response : float
        The share (0 to 1] of those invited that is expected to answer.
    experiments : tuple of str
        "list" (one list of statements) or "double_list" (two), and "vignette".
    """

    of: Asked = "employers"
    respondents: int = 300
    response: float = 0.3
    experiments: tuple[Experiment, ...] = ("double_list", "vignette")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAnalysis:
    """The risk analysis: how many people who know the sector are to answer, and on which areas."""

    answerers: int = 30
    areas: tuple[str, ...] = AREAS


def survey(root: Section) -> Survey:
    """Return the table `[survey]`."""
    section, usual = root.table("survey", required=False), Survey()
    of = cast(Asked, section.choice("of", ASKED, default=usual.of))
    respondents = section.integer("respondents", low=2, high=_MOST, default=usual.respondents)
    response = section.number("response", low=0.01, high=1.0, default=usual.response)
    experiments = section.words("experiments", EXPERIMENTS, usual.experiments)
    if {"list", "double_list"} <= set(experiments):
        section.fault(
            "experiments",
            given=list(experiments),
            expected=say("one kind of list experiment"),
            action=say('Keep "list" or "double_list".'),
        )
    section.close()
    return Survey(
        of=of,
        respondents=respondents,
        response=response or usual.response,
        experiments=cast(tuple[Experiment, ...], experiments),
    )


def risk_analysis(root: Section) -> RiskAnalysis:
    """Return the table `[risk_analysis]`."""
    section, usual = root.table("risk_analysis", required=False), RiskAnalysis()
    answerers = section.integer("answerers", low=2, high=_MOST, default=usual.answerers)
    areas = section.words("areas", AREAS, usual.areas)
    if not areas:
        section.fault("areas", given=list(areas), expected=say("at least one area"), action=say("Leave the key out."))
    section.close()
    return RiskAnalysis(answerers=answerers, areas=areas)
