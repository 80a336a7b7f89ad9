"""What is drawn for the pairs of a study: criterion, level, templates and order, and the weight of each pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from corrtest import resources
from corrtest.design.counterbalance import deal_criteria, deal_levels, deal_templates, exact_counts
from corrtest.design.placement import Placed
from corrtest.design.substreams import substream
from corrtest.errors import DesignError, Fault
from corrtest.spec import Study

__all__ = ["deal_committee", "usable_templates", "weights"]


def deal_committee(
    study: Study,
    committee: str,
    table: pd.DataFrame,
    quota: Mapping[str, int],
    templates: Sequence[str],
    version: int = 1,
) -> pd.DataFrame:
    """Deal the criteria over a committee's pairs, and within each criterion all that is randomised.

    `quota` is what each criterion still wants; an amendment (`version` 2 and on) draws from streams of its own.
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
        dealt = deal_levels([level.share for level in levels], len(stratum), draw("level", criterion))
        stratum = stratum.assign(
            level=[levels[number].name for number in dealt],
            level_probability=[levels[number].share for number in dealt],
            shuffle=draw("order within level", criterion).random(len(stratum)),
        )
        cells = [name for name in ("occupation", "province") if name in study.fieldwork.stratify_by]
        rest = [name for name in ("occupation", "province") if name not in cells]
        stratum = stratum.sort_values([*cells, "level", *rest, "shuffle"])
        control, treated, first = deal_templates(templates, len(stratum), draw("template and order", criterion))
        pieces.append(
            stratum.assign(
                control_template=control,
                treated_template=treated,
                first_arm=first,
                first_arm_probability=0.5,
            )
        )
    return pd.concat(pieces)


def usable_templates(study: Study) -> tuple[str, ...]:
    """Give the template sets that the study may use: its own list, or all that write its language."""
    names = study.fieldwork.templates or resources.template_set_names(study.language)
    if len(set(names)) < 2:
        raise DesignError(
            "The two applications of a pair need two different template sets.",
            [
                Fault(
                    key="fieldwork.templates",
                    given=", ".join(names) or f"no template set for language '{study.language}'",
                    expected="at least two template sets",
                    action="Name two sets in [fieldwork] templates, or add one to cv_templates/.",
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
