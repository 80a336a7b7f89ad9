"""What is drawn for the pairs of a study: criterion, level, templates, order or arm, lag; and the weight of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from corrtest import resources
from corrtest.design.continuing import deal_arms_after, deal_order_after, deal_templates_after
from corrtest.design.counterbalance import (
    deal_arms,
    deal_criteria,
    deal_lags,
    deal_levels,
    deal_templates,
    exact_counts,
)
from corrtest.design.placement import Placed
from corrtest.design.sending_days import SendingDays
from corrtest.design.substreams import substream
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import ARMS, Study

__all__ = ["deal_committee", "deal_partners", "usable_templates", "weights"]


def deal_committee(
    study: Study,
    committee: str,
    table: pd.DataFrame,
    quota: Mapping[str, int],
    templates: Sequence[str],
    calendar: SendingDays,
    version: int = 1,
    earlier: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Deal the criteria over a committee's pairs, and within each criterion all that is randomised.

    `table` has each pair's vacancy and its `send_first_on`. `quota` is what each criterion still wants; an amendment
    (`version` 2 and on) draws from streams of its own, and evens out what the committee's `earlier` pairs left uneven.
    """

    def draw(*names: str) -> np.random.Generator:
        amendment = () if version == 1 else (f"version {version}",)
        return substream(study.seed, *names, study.name, committee, *amendment)

    table = table.sort_values("vacancy_id")
    table["shuffle"] = draw("pairs").random(len(table))
    table = table.sort_values(["occupation", "province", "shuffle"]).reset_index(drop=True)
    criteria = list(quota)
    counts = exact_counts(list(quota.values()), len(table), draw("criterion counts"))
    label, probability = deal_criteria(counts, draw("criterion"))
    table["criterion"] = [criteria[number] for number in label]
    table["criterion_probability"] = probability
    pieces = []
    for criterion in criteria:
        stratum = table[table["criterion"] == criterion]
        levels = study.criterion(criterion).levels
        before = None if earlier is None else earlier[earlier["criterion"] == criterion]
        have = None if before is None else [int((before["level"] == level.name).sum()) for level in levels]
        dealt = deal_levels([level.share for level in levels], len(stratum), draw("level", criterion), have)
        stratum = stratum.assign(
            level=[levels[number].name for number in dealt],
            level_probability=[levels[number].share for number in dealt],
            shuffle=draw("order within level", criterion).random(len(stratum)),
        )
        cells = [name for name in ("occupation", "province") if name in study.fieldwork.stratify_by]
        rest = [name for name in ("occupation", "province") if name not in cells]
        stratum = stratum.sort_values([*cells, "level", *rest, "shuffle"])
        rng = draw("template and order", criterion)
        if study.pairing == "unpaired":
            stratum = _single_applications(stratum, templates, rng, before)
        else:
            stratum = _pairs(stratum, templates, rng, before)
            stratum = _lags(stratum, calendar, draw("lag", criterion))
        pieces.append(stratum.assign(first_arm_probability=0.5))
    return pd.concat(pieces)


def _pairs(
    stratum: pd.DataFrame, templates: Sequence[str], rng: np.random.Generator, earlier: pd.DataFrame | None
) -> pd.DataFrame:
    """Deal both templates and who goes first."""
    if earlier is None:
        control, treated, first = deal_templates(templates, len(stratum), rng)
    else:
        first = deal_order_after(list(stratum["level"]), earlier, rng)
        control, treated = deal_templates_after(templates, first, earlier, rng)
    return stratum.assign(control_template=control, treated_template=treated, first_arm=first)


def _single_applications(
    stratum: pd.DataFrame, templates: Sequence[str], rng: np.random.Generator, earlier: pd.DataFrame | None
) -> pd.DataFrame:
    """Deal the arm and the template of each vacancy's only application."""
    if earlier is None:
        arms, chosen = deal_arms(templates, len(stratum), rng)
    else:
        arms = deal_order_after(list(stratum["level"]), earlier, rng)
        chosen = deal_arms_after(templates, arms, earlier, rng)
    of_arm = {
        f"{arm}_template": [name if own == arm else "" for own, name in zip(arms, chosen, strict=True)] for arm in ARMS
    }
    return stratum.assign(first_arm=arms, **of_arm, lag_probability=1.0)


def _lags(stratum: pd.DataFrame, calendar: SendingDays, rng: np.random.Generator) -> pd.DataFrame:
    """Deal the days between the two applications, evenly over who goes first."""
    stratum = stratum.sort_values("first_arm", kind="stable")
    day = calendar.day_numbers(stratum["send_first_on"])
    column, probability = deal_lags(calendar.possible_lags(day, stratum["closes"]), rng)
    second = calendar.dates(day + calendar.least + column)
    return stratum.assign(send_second_on=second.to_numpy(), lag_probability=probability)


def deal_partners(
    pairs: pd.DataFrame, study: Study, version: int = 1, earlier: pd.DataFrame | None = None
) -> list[str]:
    """Deal the partners of each day over that day's pairs, so that each stratum is spread over the partners.

    How many of a day's pairs each partner starts is settled (column `partner`); which ones is drawn here: of the labels
    left for the day, a pair takes the one that its stratum has least of for its share in the whole, its `earlier` pairs
    counted.
    """
    amendment = () if version == 1 else (f"version {version}",)
    rng = substream(study.seed, "partner", study.name, *amendment)
    share = Counter(pairs["partner"])
    strata = list(zip(pairs["joint_committee"], pairs["criterion"], strict=True))
    seen: Counter[tuple[object, str]] = Counter()
    if earlier is not None:
        share.update(earlier["partner"])
        before = zip(earlier["joint_committee"], earlier["criterion"], strict=True)
        seen.update(zip(before, earlier["partner"], strict=True))
    dealt = [""] * len(pairs)
    day = pairs["send_first_on"].to_numpy()
    for this in np.unique(day):
        rows = rng.permutation(np.flatnonzero(day == this))
        left = [str(label) for label in rng.permutation(pairs["partner"].to_numpy()[rows].astype(str))]
        for row in rows:
            stratum = strata[row]
            has = {label: seen[(stratum, label)] / share[label] for label in left}
            name = min(left, key=has.__getitem__)
            left.remove(name)
            seen[(stratum, name)] += 1
            dealt[row] = name
    return dealt


def usable_templates(study: Study) -> tuple[str, ...]:
    """Return the template sets that the study may use: its own list, or all that write its language."""
    names = study.fieldwork.templates or resources.template_set_names(study.language)
    paired = study.pairing == "paired"
    if len(set(names)) < (2 if paired else 1):
        raise DesignError(
            say("The two applications of a pair need two different template sets.")
            if paired
            else say("The applications need a template set."),
            [
                Fault(
                    key="fieldwork.templates",
                    given=", ".join(names) or say("no template set for language '{language}'", language=study.language),
                    expected=say("at least two template sets") if paired else say("a template set"),
                    action=say(
                        "Name {value} in [fieldwork] templates, or add one to cv_templates/.",
                        value=say("two") if paired else say("one"),
                    ),
                )
            ],
        )
    return tuple(dict.fromkeys(names))


def weights(pairs: pd.DataFrame, placed: Placed) -> pd.Series:
    """Weigh a committee's pairs back to its vacancies, where the study stratifies by occupation or province.

    Weight = (cell's share of the committee's usable vacancies) ÷ (cell's share of the stratum's pairs), so its mean
    over a stratum is 1 where every cell got a pair.
    """
    names = list(placed.frame.cell_names.columns)
    if len(names) == 1 or pairs.empty:
        return pd.Series(1.0, index=pairs.index)
    supply = placed.frame.cell_names.assign(
        supply=np.bincount(placed.frame.cell, minlength=len(placed.frame.cell_names))
    )
    joined = pairs[[*names, "criterion"]].merge(supply, on=names, how="left")
    pair_share = joined.groupby([*names, "criterion"])["supply"].transform("size") / joined.groupby(
        ["joint_committee", "criterion"]
    )["supply"].transform("size")
    committee_supply_total = supply.groupby("joint_committee")["supply"].sum()
    supply_share = joined["supply"] / joined["joint_committee"].map(committee_supply_total)
    return pd.Series((supply_share / pair_share).to_numpy(), index=pairs.index)
