"""Names: by origin, gender and years of birth in which they were common; names of real public figures are
refused."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from corrtest.errors import GeneratorError
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.wording import Draws
from corrtest.language import say
from corrtest.spec import ChosenNames

__all__ = ["family_names", "given_names", "origins", "plain", "pool_names", "refused_names", "refuses"]

# Nobody rated any name.
ALL_NAMES = ChosenNames()


@lru_cache(maxsize=32768)
def plain(text: str) -> str:
    """Return a text in lower case without accents, for comparisons and file names.

    >>> plain("Şahin Łukasz Yılmaz")
    'sahin lukasz yilmaz'
    """
    folded = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L").replace("ı", "i"))
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).lower()


@cache
def origins(pools: Pools = SHIPPED_POOLS) -> tuple[str, ...]:
    """Return the origins for which there are names."""
    return tuple(dict.fromkeys(row["origin"] for row in pools.rows("names.csv")))


@cache
def given_names(origin: str, gender: str, born: int, pools: Pools = SHIPPED_POOLS) -> tuple[str, ...]:
    """Return the given names of an origin and gender that were common for someone born in that year."""
    rows = [
        row
        for row in pools.rows("names.csv")
        if (row["origin"], row["gender"], row["part"]) == (origin, gender, "first")
    ]
    fitting = [row["name"] for row in rows if int(row["born_from"]) <= born <= int(row["born_to"])]
    names = tuple(dict.fromkeys(fitting or [row["name"] for row in rows]))
    if not names:
        raise GeneratorError(
            say(
                "There are no given names for origin '{origin}', gender '{gender}'. Add them to names.csv.",
                origin=origin,
                gender=gender,
            )
        )
    return names


@cache
def family_names(origin: str, pools: Pools = SHIPPED_POOLS) -> tuple[str, ...]:
    """Return the family names of an origin."""
    names = tuple(row["name"] for row in pools.rows("names.csv") if (row["origin"], row["part"]) == (origin, "last"))
    if not names:
        raise GeneratorError(
            say("There are no family names for origin '{origin}'. Add them to names.csv.", origin=origin)
        )
    return names


@cache
def pool_names(origin: str, pools: Pools = SHIPPED_POOLS) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the names of an origin by part ("first" or "last") and gender ("any" of family names)."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for row in pools.rows("names.csv"):
        if row["origin"] == origin:
            found.setdefault((row["part"], row["gender"]), {})[row["name"]] = None
    return {group: tuple(names) for group, names in found.items()}


@cache
def refused_names() -> frozenset[str]:
    """Return the names of real public figures and firms that no document may carry, without accents."""
    return frozenset(plain(row["name"]) for row in SHIPPED_POOLS.rows("refused_names.csv"))


@cache
def _refused_inside(also: tuple[str, ...]) -> re.Pattern[str]:
    names = refused_names().union(plain(name.strip()) for name in also if name.strip())
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in sorted(names)) + r")(?!\w)")


@lru_cache(maxsize=32768)
def refuses(name: str, also: tuple[str, ...] = ()) -> bool:
    """Tell whether a name is, or holds, that of a real public figure or firm ("Bouwbedrijf Cordeel").

    `also` are the names that the study refuses besides those of refused_names.csv.

    >>> refuses("Bouwbedrijf Cordeel"), refuses("Bouwbedrijf Delvaro")
    (True, False)
    """
    return _refused_inside(also).search(plain(name)) is not None


@cache
def _usable(
    origin: str, gender: str, born: int, pools: Pools, chosen: ChosenNames
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the given and the family names that may be drawn: those that were chosen, where names were rated."""
    given, family = given_names(origin, gender, born, pools), family_names(origin, pools)
    of_given, of_family = chosen.names("first", origin, gender), chosen.names("last", origin, "any")
    if of_given is not None:
        # Where none of those common in that year was chosen, those of other years may do.
        given = tuple(name for name in given if name in of_given) or tuple(sorted(of_given))
    if of_family is not None:
        family = tuple(name for name in family if name in of_family) or tuple(sorted(of_family))
    return given, family


def draw_name(
    draws: Draws,
    origin: str,
    gender: str,
    born: int,
    taken: set[str],
    refused: tuple[str, ...] = (),
    pools: Pools = SHIPPED_POOLS,
    chosen: ChosenNames = ALL_NAMES,
) -> tuple[str, str]:
    """Draw a given and a family name that is not refused and whose family name is not in `taken`.

    `chosen` are the names that the study uses, where names were rated.
    """
    given, family = _usable(origin, gender, born, pools, chosen)
    for _ in range(200):
        name = draws.pick(given), draws.pick(family)
        if name[1] not in taken and not refuses(" ".join(name), refused):
            return name
    raise GeneratorError(
        say(
            "The list of {origin} names is too short: {count} family names are all in use at one employer. Add "
            "names to names.csv, or lower the cap.",
            origin=origin,
            count=len(family),
        )
    )
