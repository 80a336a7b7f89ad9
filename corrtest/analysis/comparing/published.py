"""A sector beside the published Belgian experiments on the same criterion."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from corrtest.analysis.comparing.between_results import log_ratio
from corrtest.analysis.comparing.comparison import Comparisons, Side, adjusted, joined
from corrtest.analysis.designs.unpaired.log_ratios import log_ratio_of_independent_arms
from corrtest.analysis.pooling.random_effects import random_effects
from corrtest.analysis.results import Results
from corrtest.errors import AnalysisError
from corrtest.language import keep, say
from corrtest.spec import belgian_experiments

# Which published experiments stand for a criterion: the reference data name theirs in the register's words.
BENCHMARKS: Mapping[str, tuple[str, str | None]] = {
    "origin": ("Race and national origin", None),
    "age": ("Age", "Old age"),
    "disability": ("Disability", None),
    "gender": ("Gender and motherhood status", "Female gender"),
}


def compare_with_published(results: Results, *, confidence_level: float = 0.95) -> Comparisons:
    """Compare each criterion of a sector with the published Belgian experiments on it (Lippens, Vermeiren, Baert 2023).

    The published ratio is pooled by random effects; rows of one study that share a control group are one
    experiment.
    """
    found, notes = [], []
    for group in results.groups:
        if group.joint_committee is not None or group.level is not None or group.extra:
            continue
        if group.criterion is None or group.criterion not in BENCHMARKS:
            notes.append(
                keep("{criterion}: no published Belgian experiments in the reference data.", criterion=group.criterion)
            )
            continue
        effect, error, k = published_log_ratio(group.criterion)
        own, own_error, note = log_ratio(group)
        found.append(
            joined(
                group.key,
                Side(keep("published Belgian experiments ({k})", k=k), effect, error),
                Side(str(group.sector or "this measurement"), own, own_error),
                note=note,
                level=confidence_level,
            )
        )
    if not found:
        raise AnalysisError(say("No group over all committees has a criterion with published Belgian experiments."))
    notes.append(keep("Published experiments count invitations to an interview; compare them with the strict outcome."))
    primary = dict(results.study or {}).get("primary_outcome")
    return Comparisons(comparisons=adjusted(found, primary=primary), notes=tuple(dict.fromkeys(notes)))


def published_log_ratio(criterion: str) -> tuple[float, float, int]:
    """Return the pooled log ratio of the published Belgian experiments, its standard error, and their number."""
    ground, treated = BENCHMARKS[criterion]
    table = belgian_experiments()
    rows = table[table["criterion"] == ground]
    rows = rows if treated is None else rows[rows["treated"] == treated]
    shared = ["study", "tested_control", "positive_control"]
    merged = rows.groupby(shared, sort=True)[["tested_treated", "positive_treated"]].sum().reset_index()
    effects, variances, _ = log_ratio_of_independent_arms(
        merged["positive_control"].to_numpy(dtype=np.float64),
        merged["tested_control"].to_numpy(dtype=np.float64),
        merged["positive_treated"].to_numpy(dtype=np.float64),
        merged["tested_treated"].to_numpy(dtype=np.float64),
    )
    if len(effects) == 1:
        return float(effects[0]), float(np.sqrt(variances[0])), 1
    pooled = random_effects(effects, variances)
    return pooled.effect, pooled.standard_error, pooled.k
