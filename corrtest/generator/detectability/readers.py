"""How many of a study's documents must someone read before two of them can be linked?

A reader gets the documents of some employers: one employer its own; an enterprise group those of several; a recruiter
those of ten. Two documents are linked when they share more runs of words than two people would, or contact data that
only one sender has. Readers are drawn at random: an occupation, then employers that were sent it, in random order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corrtest.design import substream
from corrtest.generator.detectability.seen import Seen
from corrtest.generator.detectability.shared_runs import SharedRuns

__all__ = ["LINKS", "Reader", "readers"]

# What links two documents, by kind. A school or workplace that exists is named by many and only shown; a firm that
# was coined is named by nobody else, and links.
LINKS = ("text", "contact data", "workplace", "school")
LINKING = LINKS[:2]
LINKING_WHERE_COINED = LINKS[:3]
_KINDS = {
    "mail_domain": "contact data",
    "telephone_block": "contact data",
    "workplace": "workplace",
    "school": "school",
}
DRAWS = 1000
# A share of readers of whom is said after how many documents they can link two.
FEW, HALF = 0.05, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What one kind of reader can link.

    Attributes
    ----------
    reader : str
        "employer", "group" or "recruiter"; `employers`: how many it reads for.
    documents : float
        How many it gets, on average.
    chance : mapping
        What links → share of such readers who can link two of their own documents; "any": by what counts as a link.
    after : mapping
        Share of readers → documents after which so many of them can link two, were they to read on; None: not after
        all that there are, of which they get `most`.
    """

    reader: str
    employers: int
    documents: float
    chance: Mapping[str, float]
    after: Mapping[float, int | None]
    most: int


def _by_employer(
    documents: Sequence[Seen],
) -> tuple[dict[str, list[int]], dict[str, list[str]], npt.NDArray[np.float64]]:
    """Return the sent documents of each employer, the employers of each occupation, and how often each occurs."""
    sent: dict[str, list[int]] = {}
    found: dict[str, dict[str, None]] = {}
    count: dict[str, int] = {}
    for number, each in enumerate(documents):
        if each.sent:
            sent.setdefault(each.employer_id, []).append(number)
            found.setdefault(each.occupation, {})[each.employer_id] = None
            count[each.occupation] = count.get(each.occupation, 0) + 1
    weights = np.array([count[occupation] for occupation in found], dtype=float)
    return sent, {occupation: list(each) for occupation, each in found.items()}, weights / weights.sum()


def _partners(documents: Sequence[Seen], runs: SharedRuns, least: int) -> list[set[int]]:
    """Return, for each document, those that its text links it to."""
    found: list[set[int]] = [set() for _ in documents]
    for one, other, shared in zip(runs.one.tolist(), runs.other.tolist(), runs.shared.tolist(), strict=True):
        if shared >= least:
            found[one].add(other)
            found[other].add(one)
    return found


def _first_links(order: Sequence[int], partners: Sequence[set[int]], documents: Sequence[Seen]) -> dict[str, int]:
    """Return, by kind, after how many documents in this order two can be linked for the first time."""
    first: dict[str, int] = {}
    read: set[int] = set()
    known: set[tuple[str, str]] = set()
    for position, number in enumerate(order, start=1):
        if "text" not in first and not partners[number].isdisjoint(read):
            first["text"] = position
        read.add(number)
        values = {(_KINDS[kind], value) for kind, named in documents[number].marks.items() for value in named}
        for kind, _ in values & known:
            first.setdefault(kind, position)
        known |= values
    return first


def readers(
    documents: Sequence[Seen],
    runs: SharedRuns,
    least: int,
    groups: Mapping[str, int],
    seed: int,
    linking: Sequence[str] = LINKING,
) -> tuple[Reader, ...]:
    """Return what each kind of reader can link.

    Parameters
    ----------
    runs : SharedRuns
        Of the texts of `documents`, those that share `least` or more among them.
    least : int
        Runs of words that link two documents.
    groups : mapping
        Kind of reader → employers that it reads for.
    linking : sequence of str
        Which of `LINKS` link two documents; the others are shown beside them.
    """
    rng = substream(seed, "readers")
    sent, employers, weights = _by_employer(documents)
    partners, occupations = _partners(documents, runs, least), list(employers)
    own: dict[str, list[int]] = {reader: [] for reader in groups}
    firsts: list[dict[str, int]] = []
    lengths: list[int] = []
    for _ in range(DRAWS):
        among = employers[occupations[int(rng.choice(len(occupations), p=weights))]]
        drawn = [among[at] for at in rng.permutation(len(among))]
        order = [number for employer in drawn for number in sent[employer]]
        for reader, size in groups.items():
            own[reader].append(sum(len(sent[employer]) for employer in drawn[:size]))
        firsts.append(_first_links(order, partners, documents))
        lengths.append(len(order))
    any_first = np.array([min((each[kind] for kind in linking if kind in each), default=np.inf) for each in firsts])
    found = []
    for reader, size in groups.items():
        read = np.array(own[reader])
        # One employer reads no further than its own; the others are read on beside, as if they had more.
        ends = read if size == 1 else np.array(lengths)
        until = np.where(any_first <= ends, any_first, np.inf)
        chance = {kind: float(np.mean(np.array([each.get(kind, np.inf) for each in firsts]) <= read)) for kind in LINKS}
        found.append(
            Reader(
                reader=reader,
                employers=size,
                documents=float(read.mean()),
                chance={"any": float((any_first <= read).mean()), **chance},
                after={share: _after(until, share) for share in (FEW, HALF)},
                most=int(ends.max()),
            )
        )
    return tuple(found)


def _after(firsts: npt.NDArray[np.float64], share: float) -> int | None:
    """Return the number of documents after which a share of the readers has linked two."""
    at = float(np.sort(firsts)[max(0, int(np.ceil(share * len(firsts))) - 1)])
    return int(at) if np.isfinite(at) else None
