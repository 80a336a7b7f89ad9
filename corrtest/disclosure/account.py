"""What has left of each pair: whether exactly, or how much of its protection releases with noise have spent.

Under `protection = "all_but_one"` every release of a pair tells a little of it, and what several tell adds up: ε + ε
(composition of differential privacy; Dwork and Roth 2014, The Algorithmic Foundations of Differential Privacy, theorem
3.16). The certainty that the policy promises holds for all releases together, so that a pair's protection is spent by
the first release, and a further grouping of the same pairs is refused. The very same figures again cost nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corrtest.disclosure.policy import Policy
from corrtest.disclosure.releaselog import EarlierRelease
from corrtest.errors import DisclosureError
from corrtest.language import say

# Which pair: the wave of its measurement, and its token.
Pair = tuple[str | None, str]
_SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What has left of a study: how often, of how many pairs exactly, and of how many with noise that spent all."""

    releases: int
    exact: int
    spent: int

    @classmethod
    def of(cls, releases: Sequence[EarlierRelease]) -> Account:
        """Return the account of the releases in a log."""
        costs = spent(releases).values()
        exact = sum(math.isinf(cost) for cost in costs)
        return cls(releases=len(releases), exact=exact, spent=len(costs) - exact)


def spent(releases: Iterable[EarlierRelease]) -> dict[Pair, float]:
    """Return what releases have spent of each pair: the sum of their ε, infinite where counts were exact."""
    found: dict[Pair, float] = {}
    for released in releases:
        cost = math.inf if released.epsilon is None else released.epsilon
        for pair in _pairs(released):
            found[pair] = found.get(pair, 0.0) + cost
    return found


def require_unspent(released: EarlierRelease, earlier: Iterable[EarlierRelease], policy: Policy) -> None:
    """Refuse a release of which some pairs have nothing left to spend; the very same figures again spend nothing.

    Raises
    ------
    DisclosureError
        Its noise would come on top of what left before; or its counts are exact, where earlier ones carried noise that
        was to keep them from being known.
    """
    earlier = tuple(earlier)
    before = spent(earlier)
    costs = [before.get(pair, 0.0) for pair in set(_pairs(released.besides(earlier)))]
    if released.epsilon is None:
        undone = sum(0 < cost < math.inf for cost in costs)
        if undone:
            raise DisclosureError(
                say(
                    "An earlier release of {pairs} of these pairs was protected by noise (all_but_one); exact counts "
                    'now would undo it. Keep protection = "all_but_one" for this study.',
                    pairs=undone,
                )
            )
        return
    over = sum(cost + released.epsilon > policy.epsilon + _SLACK for cost in costs)
    if over:
        raise DisclosureError(
            say(
                "The protection of {pairs} of these pairs is spent: they have left already, and with another grouping "
                "or other figures a reader would become surer of one reaction than the policy allows. Report them "
                "as they were reported before.",
                pairs=over,
            )
        )


def _pairs(released: EarlierRelease) -> Iterator[Pair]:
    """Yield the pairs of every sector and criterion of which a cell left: its figures follow from all of theirs."""
    membership = released.membership
    names = [name for name in ("sector", "criterion") if name in membership.fields]
    left = {(*(cell.keys.get(name) for name in names), cell.keys.get("wave")) for cell in released.cells}
    for atom in membership.atoms:
        own = dict(zip(membership.fields, atom.values, strict=True))
        for *key, wave in left:
            if all(value in (None, own[name]) for name, value in zip(names, key, strict=True)):
                yield from ((wave, token) for token in atom.pairs)
