"""Simulated respondents: answers to the sector survey and the risk analysis, with a truth that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from corrtest.design import substream
from corrtest.questionnaires import Form, risk_form, risks_of, survey_form, survey_items
from corrtest.spec import Study

__all__ = ["simulate_risk_answers", "simulate_survey_answers"]

# Invented, so that a report has something to rank: of workers and employers who say yes, and of the two experiments.
_YES = (0.08, 0.35)
_SENSITIVE = 0.2
_INVITES = {"control": 0.7, "treated": 0.55}
_GROUND = {"origin": 0.7, "age": 0.4, "disability": 0.5}
_AREA = {"recruitment": 0.6, "training": -0.3, "treatment": 0.2, "promotion": 0.3}


def simulate_survey_answers(
    study: Study, respondents: int, seed: int, sample: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return answers as a survey tool exports them; nobody real answered.

    Parameters
    ----------
    sample : DataFrame, optional
        The invitation codes; so many of them answer, drawn at random. Without it, people without a code.
    """
    rng, form = substream(seed, "lab", "respondents", study.name), survey_form(study)
    sizes = [choice.name for choice in form.choices["size"]]
    if sample is None:
        who = pd.DataFrame(
            {
                "code": "",
                "committee": rng.choice([choice.name for choice in form.choices["committee"]], respondents),
                "size": rng.choice(sizes, respondents, p=[0.5, 0.3, 0.15, 0.05]),
            },
            index=range(respondents),
        )
    else:
        chosen = np.sort(rng.permutation(len(sample))[:respondents])
        who = sample.iloc[chosen][["code", "committee", "size"]].reset_index(drop=True)
    count = len(who)
    columns = {f"about/{name}": who[name] for name in who}
    for item in survey_items(study):
        chance = rng.uniform(*_YES) + 0.03 * who["size"].map(sizes.index).to_numpy()
        said = np.where(rng.random(count) < chance, "yes", "no")
        columns[f"experience/{item.name}"] = pd.Series(np.where(rng.random(count) < 0.06, "unknown", said))
    columns |= _experiments(form, count, rng)
    return pd.DataFrame(columns).assign(simulated=True)


def _experiments(form: Form, count: int, rng: np.random.Generator) -> dict[str, pd.Series]:
    columns: dict[str, pd.Series] = {}
    sensitive = rng.random(count) < _SENSITIVE
    for lot in form.lots:
        drawn = rng.integers(1, len(lot.blocks) + 1, count)
        columns[lot.name] = pd.Series(drawn.astype(str))
        for number, block in enumerate(lot.blocks, start=1):
            for question in block.questions:
                if question.choices == "likely":
                    invites = rng.random(count) < _INVITES[question.name.removeprefix("vignette_")]
                    given = np.where(invites, rng.integers(4, 6, count), rng.integers(1, 4, count))
                else:
                    given = rng.binomial(4, 0.45, count) + (sensitive & (question.choices == "count5"))
                columns[f"{block.name}/{question.name}"] = pd.Series(np.where(drawn == number, given.astype(str), ""))
    return columns


def simulate_risk_answers(study: Study, answerers: int, seed: int) -> pd.DataFrame:
    """Return answers to the risk analysis as a survey tool exports them; nobody real answered."""
    rng, form = substream(seed, "lab", "answerers", study.name), risk_form(study)
    columns: dict[str, object] = {}
    for name in ("role", "organisation", "committee"):
        columns[f"about/{name}"] = rng.choice([choice.name for choice in form.choices[name]], answerers)
    lenient = rng.normal(0, 0.5, answerers)
    for area, ground in risks_of(study):
        middle = 2.3 + _AREA.get(area, 0.0) + _GROUND.get(ground, 0.0)
        for scale, most in (("likelihood", 5), ("harm", 5), ("evidence", 4)):
            drawn = np.clip(np.rint(rng.normal(middle + lenient, 0.8)), 1, most).astype(int).astype(str)
            open_ = rng.random(answerers) < 0.04
            columns[f"area_{area}/{area}_{ground}_{scale}"] = np.where(open_, "", drawn)
    return pd.DataFrame(columns).assign(simulated=True)
