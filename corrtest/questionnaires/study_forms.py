"""Which form a study has: the survey's, or else that of the risk analysis."""

from __future__ import annotations

from collections.abc import Iterable

from corrtest.questionnaires.forms import Form
from corrtest.questionnaires.risk import risk_form
from corrtest.questionnaires.survey import survey_form
from corrtest.spec import Study

__all__ = ["study_form"]


def study_form(study: Study, languages: Iterable[str] | None = None) -> Form:
    """Return the form of a study."""
    return survey_form(study, languages) if study.instrument == "survey" else risk_form(study, languages)
