"""The risk analysis: what it asks, and how its answers rank the risks of a sector."""

from corrtest.questionnaires.risk.form import SCALES, risk_form, risks_of
from corrtest.questionnaires.risk.scoring import analyse_risks, ranked

__all__ = ["SCALES", "analyse_risks", "ranked", "risk_form", "risks_of"]
