"""Who gets what inside a stratum, by complete randomisation: criterion, level, template by arm, order or arm, lag."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from corrtest.spec import ARMS

__all__ = ["deal_arms", "deal_criteria", "deal_lags", "deal_levels", "deal_templates", "exact_counts"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
LARGEST_BLOCK = 20


def exact_counts(shares: Sequence[float], total: int, rng: np.random.Generator) -> IntArray:
    """Split `total` by `shares`, each count within one of its due and on average equal to it (systematic rounding)."""
    edges = np.concatenate([[0.0], np.cumsum(np.asarray(shares, dtype=np.float64))])
    edges *= total / edges[-1]
    # Rounding away the noise of the sum keeps a due of 100 at 100.
    cut = np.floor(np.round(edges, 9) + rng.random())
    cut[-1] = cut[0] + total
    return np.diff(cut).astype(np.int64)


def deal_criteria(wanted: IntArray, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Deal criteria over a list of pairs so that every run of the list gets them in proportion.

    Parameters
    ----------
    wanted : array of int
        Pairs of each criterion; their sum is the length of the list, which is sorted by cell (occupation, province).
    rng : Generator

    Returns
    -------
    criterion, probability
        Per place in the list the criterion and the declared probability with which it could get it: blocks of the list
        hold the criteria in proportion, and inside a block every order is equally likely.
    """
    total = int(wanted.sum())
    due = np.concatenate([(np.arange(count) + 0.5) / count for count in wanted if count]) if total else np.empty(0)
    label = np.repeat(np.arange(len(wanted)), wanted)
    order = np.lexsort((label, due))
    sequence = label[order]
    size = max(1, int(np.count_nonzero(wanted)))
    # The last block takes what is left over, so that no pair stands alone with its criterion known beforehand.
    blocks = max(1, total // size)
    block = np.minimum(np.arange(total) // size, blocks - 1)
    probability = np.empty(total)
    for number in range(blocks if total else 0):
        inside = (
            np.flatnonzero(block == number) if number == blocks - 1 else np.arange(number * size, (number + 1) * size)
        )
        drawn = rng.permutation(sequence[inside])
        counts = np.bincount(drawn, minlength=len(wanted))
        sequence[inside] = drawn
        probability[inside] = counts[drawn] / len(inside)
    return sequence, probability


def deal_levels(
    shares: Sequence[float], total: int, rng: np.random.Generator, have: Sequence[int] | None = None
) -> IntArray:
    """Deal levels over a list of pairs: exact counts over the list, and each pair's chance is the level's share.

    The list is sorted by cell. Where some block of at most 20 pairs can hold the shares exactly (4 for a half and two
    quarters), each such run of the list gets them so, shuffled; what is left over is rounded at random. `have` are the
    pairs of each level that were dealt before: what is left over then makes up for what they lack of their share.
    """
    size = next((k for k in range(1, LARGEST_BLOCK + 1) if all(abs(k * s - round(k * s)) < 1e-9 for s in shares)), 0)
    blocks = total // size if size else 0
    left = total - blocks * size
    due = np.asarray(shares, dtype=np.float64)
    if have is not None and left:
        before = np.asarray(have, dtype=np.float64)
        lacks = np.maximum(due / due.sum() * (before.sum() + left) - before, 0)
        due = lacks if lacks.any() else due
    counts = exact_counts(list(due), left, rng)
    dealt = [
        rng.permutation(np.repeat(np.arange(len(shares)), [round(size * share) for share in shares]))
        for _ in range(blocks)
    ]
    return np.concatenate([*dealt, rng.permutation(np.repeat(np.arange(len(counts)), counts))]).astype(np.int64)


def deal_templates(
    templates: Sequence[str], total: int, rng: np.random.Generator
) -> tuple[list[str], list[str], list[str]]:
    """Deal (control template, treated template, first arm) over a list of pairs.

    Cards come in twos that mirror each other (template A on the control arm who goes first; template A on the treated
    arm who goes second), so that after any number of pairs no arm leads by more than one in order, nor in any
    template where their number is even. A round holds every combination once; rounds are shuffled anew.
    """
    control: list[str] = []
    treated: list[str] = []
    first: list[str] = []
    while len(first) < total:
        for card in _round(templates, rng):
            control.append(card[0])
            treated.append(card[1])
            first.append(card[2])
    return control[:total], treated[:total], first[:total]


def deal_arms(templates: Sequence[str], total: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Deal (arm, template) over a list of single applications.

    Cards come in twos of one template on both arms, so that after any number of applications no arm leads by more than
    one, in all or in any template. Each application gets either arm with chance one half.
    """
    arms: list[str] = []
    chosen: list[str] = []
    while len(arms) < total:
        for number in rng.permutation(len(templates)):
            first = int(rng.integers(2))
            arms.extend((ARMS[first], ARMS[1 - first]))
            chosen.extend([templates[number]] * 2)
    return arms[:total], chosen[:total]


def deal_lags(possible: BoolArray, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Deal lags over a list of pairs, each among those that its days allow.

    Parameters
    ----------
    possible : array of bool
        Pairs by lags; True where the lag suits the pair.
    rng : Generator

    Returns
    -------
    column, probability
        Per pair the lag drawn and its declared probability: pairs with the same choice of lags get each of them
        equally often, to within one.
    """
    column = np.zeros(len(possible), dtype=np.int64)
    probability = np.ones(len(possible))
    if not len(possible):
        return column, probability
    choices, choice = np.unique(possible, axis=0, return_inverse=True)
    for number, allowed in enumerate(choices):
        open_to, inside = np.flatnonzero(allowed), np.flatnonzero(choice.ravel() == number)
        share = 1 / len(open_to)
        column[inside] = open_to[deal_levels([share] * len(open_to), len(inside), rng)]
        probability[inside] = share
    return column, probability


def _round(templates: Sequence[str], rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Return one round: per two templates both mirrored twos, one in each half of the round."""
    days = _tournament([templates[number] for number in rng.permutation(len(templates))])
    halves: list[list[list[list[tuple[str, str, str]]]]] = [[], []]
    for day in days:
        dealt: list[list[list[tuple[str, str, str]]]] = [[], []]
        for one, other in day:
            mirrored: list[list[tuple[str, str, str]]] = [
                [(one, other, ARMS[0]), (other, one, ARMS[1])],
                [(one, other, ARMS[1]), (other, one, ARMS[0])],
            ]
            swap = int(rng.integers(2))
            dealt[0].append(mirrored[swap])
            dealt[1].append(mirrored[1 - swap])
        halves[0].append(dealt[0])
        halves[1].append(dealt[1])
    cards: list[tuple[str, str, str]] = []
    for half in halves:
        for number in rng.permutation(len(half)):
            for place in rng.permutation(len(half[number])):
                two = half[number][place]
                cards.extend(two if rng.integers(2) else two[::-1])
    return cards


def _tournament(templates: Sequence[str]) -> list[list[tuple[str, str]]]:
    """Return every two templates once, in days on which each template meets at most one other (the circle method).

    Day after day, each template then comes equally often on each arm, so that the arms stay level within a day.
    """
    ring: list[str | None] = [*templates, *([None] if len(templates) % 2 else [])]
    days = []
    for _ in range(len(ring) - 1):
        twos = zip(ring[: len(ring) // 2], ring[: len(ring) // 2 - 1 : -1], strict=True)
        days.append([(one, other) for one, other in twos if one is not None and other is not None])
        ring = [ring[0], ring[-1], *ring[1:-1]]
    return days
