"""The chapters of the uniform report, the same twelve in the same order for every sector."""

from __future__ import annotations

from collections.abc import Callable

from corrtest.pages import Chapter
from corrtest.report.chapters.action import action_plan
from corrtest.report.chapters.benchmark import benchmark
from corrtest.report.chapters.committees import committees
from corrtest.report.chapters.criteria import criteria
from corrtest.report.chapters.glossary import glossary
from corrtest.report.chapters.limits import limits
from corrtest.report.chapters.method import method
from corrtest.report.chapters.outcomes import outcomes
from corrtest.report.chapters.reproducibility import reproducibility
from corrtest.report.chapters.response import response
from corrtest.report.chapters.robustness import robustness
from corrtest.report.chapters.summary import summary
from corrtest.report.view import View

CHAPTERS: tuple[Callable[[View], Chapter], ...] = (
    summary,
    method,
    response,
    criteria,
    committees,
    outcomes,
    robustness,
    benchmark,
    action_plan,
    limits,
    reproducibility,
    glossary,
)

__all__ = ["CHAPTERS"]
