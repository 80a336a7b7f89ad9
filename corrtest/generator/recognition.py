"""How wide a pool must be before a reader meets one of its entries twice.

One employer gets at most as many applications as its cap allows, a recruiter those of several employers. Within one
employer nothing that names a person comes twice, so a reader meets an entry again only where it reads for more than
one. The chance follows from the numbers alone, all entries drawn alike: of N entries, k employers get m different ones
each, and none comes twice with probability Π C(N - i m, m) / C(N, m), i = 0 … k - 1 (the birthday problem for groups).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, comb

from corrtest.generator.languages import language_of
from corrtest.generator.names import family_names, given_names
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import firm_names
from corrtest.language import mark
from corrtest.spec import Study

__all__ = ["Recognition", "chance_of_repeat", "entries_needed", "recognition"]

# Jobs of one CV that name an employer, most of the time.
JOBS = 3
# A year of birth of someone who applies now, for the first names that were common then.
_BORN = 1995
FULL_NAMES, FAMILY_NAMES, COINED = mark("full names"), mark("family names"), mark("coined firms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """One pool: its entries, what an employer and a recruiter see, their chances of a repeat, and entries needed."""

    pool: str
    entries: int
    seen_by_employer: int
    chance_of_employer: float
    chance_of_recruiter: float
    needed: int


def chance_of_repeat(entries: int, groups: int, each: int) -> float:
    """Return the probability that some entry comes twice, when `groups` each get `each` different ones of `entries`.

    >>> round(chance_of_repeat(365, 23, 1), 3)
    0.507
    """
    if groups * each > entries:
        return 1.0
    none = 1.0
    for group in range(groups):
        none *= comb(entries - group * each, each) / comb(entries, each)
    return 1 - none


def entries_needed(groups: int, each: int, chance: float) -> int:
    """Return the fewest entries with which the probability of a repeat is at most `chance`.

    >>> entries_needed(23, 1, 0.5075)
    365
    """
    low, high = groups * each, ceil((groups * each) ** 2 / max(chance, 1e-9)) + groups * each
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if chance_of_repeat(middle, groups, each) <= chance else (middle + 1, high)
    return low


def recognition(study: Study, pools: Pools = SHIPPED_POOLS) -> tuple[Recognition, ...]:
    """Return what an employer at its cap, and a recruiter for several, would see twice of each pool of names.

    The names are those of the control arm's origin, which most documents bear; kinds of workplace and of school name
    nobody and are left out. `needed` keeps a recruiter's chance below the study's threshold for linking.
    """
    caps = study.caps
    pairs = max(caps.total, *(step.total for step in caps.by_size)) if caps.by_size else caps.total
    documents = pairs * (2 if study.pairing == "paired" else 1)
    employers = study.detectability.recruiter_employers
    language = language_of(study.language)
    origin = language.control_names
    families = len(family_names(origin, pools))
    given = sum(len(given_names(origin, gender, _BORN, pools)) for gender in ("man", "woman"))
    sizes = {FULL_NAMES: families * given, FAMILY_NAMES: families}
    limit = study.detectability.recruiter_links
    rows = [_row(pool, entries, documents, employers, limit) for pool, entries in sizes.items()]
    if study.documents.employers == "coined":
        firms = firm_names(language.code, pools)
        # The names of one pair's firms differ; those of two pairs may be the same.
        seen = JOBS * (2 if study.pairing == "paired" else 1)
        entries = min(len(names) for names in firms.values())
        rows.append(
            Recognition(
                pool=COINED,
                entries=entries,
                seen_by_employer=seen * pairs,
                chance_of_employer=chance_of_repeat(entries, pairs, seen),
                chance_of_recruiter=chance_of_repeat(entries, pairs * employers, seen),
                needed=entries_needed(pairs * employers, seen, limit),
            )
        )
    return tuple(rows)


def _row(pool: str, entries: int, documents: int, employers: int, limit: float) -> Recognition:
    return Recognition(
        pool=pool,
        entries=entries,
        seen_by_employer=documents,
        chance_of_employer=0.0,
        chance_of_recruiter=chance_of_repeat(entries, employers, documents),
        needed=entries_needed(employers, documents, limit),
    )
