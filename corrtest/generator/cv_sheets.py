"""What a CV has besides the qualifications: parts that one applicant writes and another leaves out, their order, pages.

Two kinds are kept apart. What an employer could take for a strength (licence, certificates, languages, hours, a gap and
its reason) is drawn once and both arms have it, in their own words. The rest is a sheet: drawn for two applicants, and
given to the arms of a block's two pairs the one way and the other, so that over the study either arm has it as often.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.wording import Draws

__all__ = ["ORDERS", "YEARS_LOST", "CvSheet", "CvWords", "Qualities", "cv_words", "draw_qualities", "draw_sheets"]

# Orders in which people write the parts of a CV; a layout with a side column leaves out what stands there.
ORDERS = (
    ("profile", "work", "education", "skills"),
    ("profile", "education", "work", "skills"),
    ("profile", "skills", "work", "education"),
    ("work", "education", "skills", "profile"),
    ("education", "work", "skills", "profile"),
    ("work", "skills", "education", "profile"),
)
# Share of CVs with each part that one may leave out.
PROFILE, REFERENCES, STUDENT_JOB, TWO_PAGES = 0.75, 0.25, 0.3, 0.2
INTERESTS = (0, 1, 1, 2, 2, 2)
# Years by which people are older than their diploma and career say: years repeated at school, and before the first job.
YEARS_LOST = ((0, 0), (0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (2, 1), (2, 1))
# What both arms have or lack: a stated nationality, languages beside the first, part-time work, a gap of some months.
NATIONALITY, PART_TIME, LONG_GAP, OWN_CAR = 0.4, 0.15, 0.15, 0.35
LANGUAGES = ((), (0,), (1,), (0, 1), (0, 1), (1, 0))
CERTIFICATES = (0, 1, 1, 1, 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class CvSheet:
    """What one applicant puts in, and in which order; `repeated` and `waited` are years at school and before work."""

    profile: bool
    references: bool
    student_job: bool
    two_pages: bool
    interests: int
    order: tuple[str, ...]
    repeated: int
    waited: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualities:
    """What both applicants of a pair have alike.

    `categories` are those of the driving licence, "" = none; `languages` are the places of other languages in the
    pool's list, with the level of each; `part_time` and `gap` are the wordings of both twins, None where there is none.
    """

    categories: str
    own_car: bool
    nationality: bool
    languages: tuple[tuple[int, int], ...]
    certificates: int
    part_time: tuple[str, str] | None
    gap: tuple[str, str] | None
    gap_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CvWords:
    """The words of the parts in one language: each entry in the wordings of twin a and twin b."""

    references: tuple[str, ...]
    own_car: tuple[str, str]
    part_time: tuple[tuple[str, str], ...]
    gaps: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    sizes: tuple[str, ...]


@cache
def cv_words(language: str, pools: Pools = SHIPPED_POOLS) -> CvWords:
    """Return the words of a CV's parts in one language."""
    table = pools.table(f"cv_parts.{language}.toml")

    def twins(key: str) -> tuple[tuple[str, str], ...]:
        return tuple((row[0], row[1]) for row in table[key])

    return CvWords(
        references=tuple(table["references"]),
        own_car=twins("own_car")[0],
        part_time=twins("part_time"),
        gaps=twins("gaps"),
        levels=twins("levels"),
        sizes=tuple(table["sizes"]),
    )


@cache
def _licence(occupation: str, family: str) -> tuple[str, float]:
    """Return the categories of an occupation's driving licence, and the share of people in it who have one."""
    rows = {row["occupation"]: row for row in SHIPPED_POOLS.rows("licences.csv")}
    row = rows.get(occupation) or rows[f"any {family}"]
    return row["categories"], float(row["share"])


def draw_sheets(draws: Draws) -> tuple[CvSheet, CvSheet]:
    """Draw the sheets of two applicants, who differ in the years that they lost more often than not."""
    first = draws.pick(YEARS_LOST)
    second = draws.pick([years for years in YEARS_LOST if sum(years) != sum(first)])
    if draws.uniform() < 0.1:
        second = first
    return _sheet(draws, first), _sheet(draws, second)


def _sheet(draws: Draws, lost: tuple[int, int]) -> CvSheet:
    two_pages = draws.uniform() < TWO_PAGES
    # The second page begins with the schooling, below the work that fills the first.
    orders = [order for order in ORDERS if not two_pages or order.index("work") < order.index("education")]
    return CvSheet(
        profile=draws.uniform() < PROFILE,
        references=draws.uniform() < REFERENCES,
        student_job=draws.uniform() < STUDENT_JOB,
        two_pages=two_pages,
        interests=draws.pick(INTERESTS),
        order=draws.pick(orders),
        repeated=lost[0],
        waited=lost[1],
    )


def draw_qualities(draws: Draws, occupation: str, family: str, words: CvWords, certificates: int) -> Qualities:
    """Draw what both applicants of a pair have alike; `certificates` is how many the occupation knows."""
    categories, share = _licence(occupation, family)
    licensed, owned = draws.uniform() < share, draws.uniform() < OWN_CAR
    certain = share == 1
    return Qualities(
        categories=categories if licensed else "",
        own_car=licensed and owned and categories == "B",
        nationality=draws.uniform() < NATIONALITY,
        languages=tuple((place, draws.index(len(words.levels))) for place in draws.pick(LANGUAGES)),
        certificates=max(draws.pick(CERTIFICATES), int(certain and certificates > 0)),
        part_time=draws.pick(words.part_time) if draws.uniform() < PART_TIME else None,
        gap=draws.pick(words.gaps) if (long := draws.uniform() < LONG_GAP) else None,
        gap_months=draws.between(4, 9) if long else 0,
    )
