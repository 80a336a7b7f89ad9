"""Counterbalancing that holds over the waves of a study: what a later version deals makes up for what went before.

A version of its own is balanced, and many small ones need not be: each leaves a pair or two over. So an amendment deals
with the earlier pairs of the stratum in view. The order of the arms is levelled within each level of the signal, and
templates over arms and orders within the stratum; what is not settled by that is drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from corrtest.spec import ARMS

__all__ = ["deal_arms_after", "deal_order_after", "deal_templates_after"]


def deal_order_after(levels: Sequence[str], earlier: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Deal who goes first (in an unpaired study: which arm it is) over new pairs, level by level.

    Within a level, as many pairs as one arm leads by go to the other arm, in places drawn at random; the others come in
    twos of both, in either order with chance one half, and one that is left over goes to the arm that is behind in the
    stratum, by chance where none is. So no arm leads by more than one within a level that waves have reached, and each
    pair gets either arm with chance one half before anything was drawn.
    """
    lead = {arm: Counter(earlier.loc[earlier["first_arm"] == arm, "level"]) for arm in ARMS}
    dealt = [""] * len(levels)
    whole = len(earlier[earlier["first_arm"] == ARMS[0]]) - len(earlier[earlier["first_arm"] == ARMS[1]])
    for level in dict.fromkeys(levels):
        places = [place for place, name in enumerate(levels) if name == level]
        ahead = lead[ARMS[0]][level] - lead[ARMS[1]][level]
        behind = ARMS[1] if ahead > 0 else ARMS[0]
        run = [behind] * min(abs(ahead), len(places))
        run += [arm for _ in range((len(places) - len(run)) // 2) for arm in ARMS]
        if len(run) < len(places):
            now = whole + run.count(ARMS[0]) - run.count(ARMS[1])
            run.append(ARMS[int(now > 0)] if now else ARMS[int(rng.integers(2))])
        whole += run.count(ARMS[0]) - run.count(ARMS[1])
        for place, arm in zip(places, rng.permutation(run), strict=True):
            dealt[place] = str(arm)
    return dealt


def deal_templates_after(
    templates: Sequence[str], first: Sequence[str], earlier: pd.DataFrame, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Deal (control template, treated template) over new pairs whose order is dealt: `first` has each pair's first arm.

    Each pair takes the two templates that leave every template most evenly over the arms; of those the two that came
    least often with this order, by chance among equals.
    """
    arms: Counter[tuple[str, str]] = Counter((arm, name) for arm in ARMS for name in earlier[f"{arm}_template"])
    cards = Counter(zip(earlier["control_template"], earlier["treated_template"], earlier["first_arm"], strict=True))
    choices = [(one, other) for one in templates for other in templates if one != other]
    dealt: list[tuple[str, str]] = []
    for order in first:

        def cost(choice: tuple[str, str], order: str = order) -> tuple[int, int]:
            lead = _lead(templates, arms, {(ARMS[0], choice[0]), (ARMS[1], choice[1])})
            return lead, cards[(*choice, order)]

        best = min(map(cost, choices))
        equal = [choice for choice in choices if cost(choice) == best]
        chosen = equal[int(rng.integers(len(equal)))]
        arms.update(zip(ARMS, chosen, strict=True))
        cards[(*chosen, order)] += 1
        dealt.append(chosen)
    return [one for one, _ in dealt], [other for _, other in dealt]


def deal_arms_after(
    templates: Sequence[str], arms: Sequence[str], earlier: pd.DataFrame, rng: np.random.Generator
) -> list[str]:
    """Deal the template over new single applications whose arm is dealt, each template evenly over the arms."""
    used: Counter[tuple[str, str]] = Counter()
    used.update((arm, name) for arm in ARMS for name in earlier.loc[earlier["first_arm"] == arm, f"{arm}_template"])
    dealt = []
    for arm in arms:

        def cost(name: str, arm: str = arm) -> tuple[int, int]:
            return _lead(templates, used, {(arm, name)}), used[(arm, name)]

        best = min(map(cost, templates))
        equal = [name for name in templates if cost(name) == best]
        chosen = equal[int(rng.integers(len(equal)))]
        used[(arm, chosen)] += 1
        dealt.append(chosen)
    return dealt


def _lead(templates: Sequence[str], used: Counter[tuple[str, str]], more: set[tuple[str, str]]) -> int:
    """Return by how much one arm leads the other, summed over templates, once `more` are used as well."""
    return sum(
        abs(used[(ARMS[0], name)] + ((ARMS[0], name) in more) - used[(ARMS[1], name)] - ((ARMS[1], name) in more))
        for name in templates
    )
