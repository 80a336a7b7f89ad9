"""Are the two of a pair as alike as any two applicants for such a job, and no more?"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from scipy import stats

from corrtest.design import substream
from corrtest.generator.detectability.seen import Seen

__all__ = ["twin_likeness"]

_WORD = re.compile(r"[^\W\d_]+")


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def twin_likeness(documents: Sequence[Seen], seed: int) -> float:
    """Return the chance that the two of a pair have more words in common than two of different pairs (0.5: as many).

    The stranger is the treated arm of another pair, of another employer, for the same occupation. Near 1, twins stand
    out by their likeness; near 0, by their unlikeness; nan where no occupation has two employers. It is the AUC of
    that likeness, as Mann and Whitney's statistic.
    """
    rng = substream(seed, "twin likeness")
    words = {each.name: frozenset(_WORD.findall(each.text.lower())) for each in documents}
    treated: dict[str, list[Seen]] = {}
    for each in documents:
        if each.arm == "treated":
            treated.setdefault(each.occupation, []).append(each)
    own = {each.pair_id: each for group in treated.values() for each in group}
    twins, strangers = [], []
    for each in documents:
        if each.arm != "control":
            continue
        others = [other for other in treated[each.occupation] if other.employer_id != each.employer_id]
        if others:
            twins.append(_alike(words[each.name], words[own[each.pair_id].name]))
            strangers.append(_alike(words[each.name], words[others[int(rng.integers(len(others)))].name]))
    if not twins:
        return float("nan")
    statistic = stats.mannwhitneyu(twins, strangers).statistic
    return float(statistic) / (len(twins) * len(strangers)) if np.isfinite(statistic) else float("nan")
