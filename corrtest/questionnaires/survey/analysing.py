"""From answers to the survey to its figures: shares by committee and size, list experiments, the vignette."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.questionnaires.committees import committee_key
from corrtest.questionnaires.figures import Figure, QuestionnaireResults
from corrtest.questionnaires.survey.estimating import SurveyWeights, survey_weights
from corrtest.questionnaires.survey.form import LIST, VIGNETTE, list_answers, survey_items
from corrtest.questionnaires.survey.sample import size_class
from corrtest.spec import Study, read_table, require_columns

__all__ = ["POPULATION_COLUMNS", "analyse_survey", "matched", "read_population"]

POPULATION_COLUMNS = ("joint_committee", "size", "number")
_LIKELY = ("4", "5")


def matched(answers: pd.DataFrame, sample: pd.DataFrame | None, file: str) -> pd.DataFrame:
    """Return the answers with the stratum of their invitation codes, and without the codes.

    What was answered on committee and size goes into `answered_committee` and `answered_size`. Without a sample these
    are all there is.

    Raises
    ------
    InputError
        A code is not among those that were invited, or was used twice.
    """
    told = answers.rename(columns={"committee": "answered_committee", "size": "answered_size"})
    if sample is None:
        own = told.assign(committee=told["answered_committee"], size=told["answered_size"])
        return own.drop(columns="code")
    codes = told["code"].str.strip().str.casefold()
    known = sample.assign(code=sample["code"].astype(str).str.casefold()).set_index("code")
    faults = []
    for mask, expected, action in (
        (~codes.isin(known.index), say("a code of an invitation"), say("Correct the code, or delete the row.")),
        (codes.duplicated() & (codes != ""), say("each code once"), say("Keep one of the two rows.")),
    ):
        if mask.any():
            many = f"{', '.join(map(repr, codes[mask].head(3)))} ({int(mask.sum())})"
            faults.append(Fault(file=file, column="code", given=many, expected=expected, action=action))
    if faults:
        raise InputError(say("{file} holds answers that cannot be used.", file=file), faults)
    strata = known.loc[codes.tolist()][["committee", "size"]].reset_index(drop=True)
    joined = pd.concat([told.drop(columns="code").reset_index(drop=True), strata], axis=1)
    for name in ("committee", "size"):
        joined[f"answered_{name}"] = joined[f"answered_{name}"].where(joined[f"answered_{name}"] != "", joined[name])
    return joined


def read_population(path: Any) -> pd.DataFrame:
    """Return the true numbers by committee and size: committee, size, number."""
    table = read_table(path)
    require_columns(table, POPULATION_COLUMNS)
    number = pd.to_numeric(table["number"], errors="coerce")
    size = table["size"].astype(str).str.strip()
    # A number of workers stands for its class.
    size = size.map(lambda text: size_class(float(text)) if text.isdigit() else text)
    if number.isna().any() or (number <= 0).any():
        raise InputError(say("{file} holds a number that is none.", file=str(path)))
    committee = table["joint_committee"].astype(str).str.strip().map(committee_key)
    return pd.DataFrame({"committee": committee, "size": size, "number": number})


def analyse_survey(
    study: Study,
    answers: pd.DataFrame,
    sample: pd.DataFrame | None = None,
    population: pd.DataFrame | None = None,
) -> QuestionnaireResults:
    """Return the figures of a survey; `answers` are those of `matched`."""
    strata = None if sample is None else sample[["committee", "size", "population"]].drop_duplicates()
    weights = survey_weights(answers, strata, population if sample is not None else None)
    level = study.analysis.confidence_level
    figures = [figure for item in survey_items(study) for figure in _item(item.name, answers, weights, level)]
    figures += _lists(study, answers, weights, level)
    if VIGNETTE in answers:
        figures += _vignette(answers, weights, level)
    simulated = bool(answers["simulated"].astype(bool).any())
    return QuestionnaireResults(
        instrument="survey",
        study=study.description(),
        figures=tuple(figures),
        counts={
            "invited": None if sample is None else len(sample),
            "population": None if strata is None else int(strata["population"].sum()),
            "answers": len(answers),
            "of": study.survey.of,
            "weighted": sample is not None,
            "poststratified": sample is not None and population is not None,
            "by_committee": answers["committee"].value_counts().to_dict(),
        },
        confidence_level=level,
        simulated=simulated,
    )


def _item(name: str, answers: pd.DataFrame, weights: SurveyWeights, level: float) -> list[Figure]:
    """Return the share of yes among yes and no, in all and by committee and size."""
    given = answers[name]
    known, yes = given.isin(["yes", "no"]).to_numpy(), (given == "yes").to_numpy(dtype=np.float64)
    margins = [("all", "", known)]
    for margin in ("committee", "size"):
        groups = sorted(set(answers[margin]))
        margins += [(margin, str(group), known & (answers[margin] == group).to_numpy()) for group in groups]
        if len(groups) == 1:
            margins.pop()
    return [_share(name, margin, group, yes, among, weights, level) for margin, group, among in margins if among.any()]


def _share(
    item: str, margin: str, group: str, yes: np.ndarray, among: np.ndarray, weights: SurveyWeights, level: float
) -> Figure:
    answered, positives = int(among.sum()), int(yes[among].sum())
    found = weights.mean(yes, among)
    lower, upper, method = found.share_limits(level, answered)
    return Figure(
        item=item,
        kind="share",
        margin=margin,
        group=group,
        answers=answered,
        positives=positives,
        value=found.value,
        lower=lower,
        upper=upper,
        method=method,
        alike=positives in (0, answered),
    )


def _lists(study: Study, answers: pd.DataFrame, weights: SurveyWeights, level: float) -> list[Figure]:
    """Return the difference in means of each list, averaged: the share for whom the sensitive statement is true."""
    lot = answers.get(LIST)
    parts = []
    for place, name in enumerate(list_answers(study)):
        counted = [pd.to_numeric(answers[f"list_{name}_{arm}"], errors="coerce") for arm in (1, 2)]
        values = counted[0].where(counted[0].notna(), counted[1]).fillna(0.0).to_numpy(dtype=np.float64)
        short, long = (counted[0].notna().to_numpy(), counted[1].notna().to_numpy())
        one, other = (long, short) if place == 0 else (short, long)
        if one.any() and other.any():
            parts.append((values, one, other))
    if not parts or lot is None:
        return []
    found = weights.average(parts)
    lower, upper = found.limits(level)
    answered = int(np.any([one | other for _, one, other in parts], axis=0).sum())
    return [
        Figure(
            item="list",
            kind="difference",
            answers=answered,
            value=found.value,
            lower=lower,
            upper=upper,
            method="double_list" if len(parts) > 1 else "difference_in_means",
            pvalue=found.pvalue(),
        )
    ]


def _vignette(answers: pd.DataFrame, weights: SurveyWeights, level: float) -> list[Figure]:
    """Return the share who would invite each of the two names, and the difference (treated less control)."""
    asked = {arm: answers[f"vignette_{arm}"] for arm in ("control", "treated")}
    among = {arm: (given != "").to_numpy() for arm, given in asked.items()}
    if not all(mask.any() for mask in among.values()):
        return []
    yes = np.any([given.isin(_LIKELY).to_numpy() for given in asked.values()], axis=0).astype(np.float64)
    made = [_share("vignette", "arm", arm, yes, among[arm], weights, level) for arm in asked]
    found = weights.difference(yes, among["treated"], among["control"])
    lower, upper = found.limits(level)
    difference = Figure(
        item="vignette",
        kind="difference",
        answers=sum(figure.answers for figure in made),
        value=found.value,
        lower=lower,
        upper=upper,
        method="difference_in_means",
        pvalue=found.pvalue(),
    )
    return [*made, difference]
