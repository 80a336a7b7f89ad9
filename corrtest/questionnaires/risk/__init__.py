"""The risk analysis: what it asks, and how its answers rank the risks of a sector."""

from corrtest.questionnaires.risk.form import SCALES, risk_form, risks_of
from corrtest.questionnaires.risk.measuring import MEASURED_FROM, measured_by, recruitment_scores
from corrtest.questionnaires.risk.scoring import analyse_risks, ranked

__all__ = [
    "MEASURED_FROM",
    "SCALES",
    "analyse_risks",
    "measured_by",
    "ranked",
    "recruitment_scores",
    "risk_form",
    "risks_of",
]
