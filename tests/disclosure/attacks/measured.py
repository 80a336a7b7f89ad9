"""An attacker who knows all reactions but one, before `protection = "all_but_one"`.

He is given more than any reader has: every noisy measurement of every layer, before least squares and rounding, of
which all that is published is a function (`tests/disclosure/test_noised.py` holds that). The law of the noise is public
and written down here anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest

from corrtest.disclosure import noised, odd
from tests.disclosure.attacks.attacker import OUTCOMES

FIELDS = ("sector", "joint_committee", "criterion", "level")


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One draw of noise: the cell, what it cost, and the noise on each kind; of one arm in an unpaired study."""

    cell: Mapping[str, Any]
    epsilon: float
    noise: tuple[int, ...]
    block: str


@dataclass
class Recorder:
    """Every measurement that is made while the gate works."""

    made: list[Measurement] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[list[Measurement]]:
        """Listen, and return what is heard."""
        self.made.clear()
        patch = pytest.MonkeyPatch()
        drawn, law = noised._drawn, odd.Law

        def heard(law, layers, node, cell, true, kinds, secret):
            noise = drawn(law, layers, node, cell, true, kinds, secret)
            (spent,) = (e for members, e in zip(layers.members, layers.epsilons, strict=True) if node in members)
            if spent:
                self.made.append(Measurement(cell=cell, epsilon=spent, noise=tuple(noise), block=kinds.block.name))
            return noise

        made = self.made

        class Heard(law):
            def draw(self, epsilon, stream):
                noise = super().draw(epsilon, stream)
                made.append(Measurement(cell=dict(Heard.cell), epsilon=epsilon, noise=tuple(noise), block="odd"))
                return noise

        inner = odd._noised

        def of_check(true, pairs, outcomes, policy, secret, group):
            Heard.cell = {"sector": group.sector, "criterion": group.criterion}
            return inner(true, pairs, outcomes, policy, secret, group)

        patch.setattr(noised, "_drawn", heard)
        patch.setattr(odd, "Law", Heard)
        patch.setattr(odd, "_noised", of_check)
        try:
            yield self.made
        finally:
            patch.undo()


def certainty(measured: Sequence[Measurement], row: Mapping[str, Any]) -> float:
    """Return how certain he becomes, from even odds, of one way in which a pair was answered against another."""
    arm = row.get("arm")
    answers = {name: row[name] for name in ("control_reaction", "treated_reaction", "reaction") if name in row}
    own = [
        each
        for each in measured
        if all(row[name] == value for name, value in each.cell.items() if value is not None)
        and each.block in {"pairs", "odd", arm}
    ]
    true_odd = "automatic" in answers.values()
    ways = [(way, is_odd) for way in range(3 if arm else 9) for is_odd in (False, True)]
    logs = []
    for way, is_odd in ways:
        total = 0.0
        for each in own:
            noise = list(each.noise)
            noise[len(noise) - 1 if each.block == "odd" and true_odd else _kind(answers)] += 1
            noise[len(noise) - 1 if each.block == "odd" and is_odd else way] -= 1
            total -= each.epsilon * sum(map(abs, noise)) / 2
        logs.append(total)
    return 1 / (1 + math.exp(min(logs) - max(logs)))


def _kind(answers: Mapping[str, Any]) -> int:
    """Return the kind of a row: control first, nothing before broad before strict."""
    number = 0
    for reaction in answers.values():
        number = 3 * number + sum(reaction in words for words in OUTCOMES.values())
    return number


def certainties(table: pd.DataFrame, measured: Sequence[Measurement], targets: Sequence[Any]) -> list[float]:
    """Return what he learns of each target."""
    return [certainty(measured, table.loc[target].to_dict()) for target in targets]
