"""What the generator counterbalances itself: which arm writes as which twin, the gender of a pair, and all that two
applicants leave out, add or arrange in their own way.

The plan has counterbalanced template and order against arm. Within each stratum and control template the twin
alternates, and within each twin the gender alternates, each from a random start, so that neither stands with an
arm. Within each stratum two pairs make a block: what `mirrored` draws for the arms of one, the other has the other way
around, so that over the study either arm has everything equally often, and jointly. In an unpaired study the plan
names the template of the one application; the twin, which is made for the audit alone, gets another layout of the same
plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import pandas as pd

from corrtest.design import substream
from corrtest.generator.pairs import Pair
from corrtest.generator.wording import Draws
from corrtest.spec import ARMS, keyed

__all__ = ["document_seed", "mirrored", "plan_pairs"]

Drawn = TypeVar("Drawn")

# The occupation is among them: its words would else give away the arm to whoever knows which twin writes which.
_STRATUM = ["joint_committee", "criterion", "level", "occupation", "control_template"]
_BLOCK_STRATUM = _STRATUM[:-1]
GENDERS = ("man", "woman")


def _alternation(table: pd.DataFrame, keys: list[str], seed: int, name: str) -> pd.Series[Any]:
    """Alternate 0 and 1 within groups, in the order of pair_id, from a random start."""
    rank = table.groupby(keys, sort=False).cumcount()
    groups = [tuple(str(part) for part in row) for row in table[keys].itertuples(index=False)]
    start = {group: int(substream(seed, name, *group).integers(2)) for group in dict.fromkeys(groups)}
    return (rank + pd.Series([start[group] for group in groups], index=table.index)) % 2


def _blocks(table: pd.DataFrame, seed: int) -> tuple[list[str], list[bool]]:
    """Return the block of each pair, and whether it is the mirrored one of the two."""
    rank = table.groupby(_BLOCK_STRATUM, sort=False).cumcount()
    groups = [" ".join(str(part) for part in row) for row in table[_BLOCK_STRATUM].itertuples(index=False)]
    start = {group: int(substream(seed, "block", group).integers(2)) for group in dict.fromkeys(groups)}
    place = [number + start[group] for number, group in zip(rank, groups, strict=True)]
    blocks = [f"{group} {number // 2}" for number, group in zip(place, groups, strict=True)]
    return blocks, [number % 2 == 1 for number in place]


def mirrored(seed: int, pair: Pair, what: str, draw: Callable[[Draws], tuple[Drawn, Drawn]]) -> dict[str, Drawn]:
    """Return arm → what `draw` draws for two applicants, the arms exchanged in the mirrored pair of a block.

    Parameters
    ----------
    seed : int
        What the documents follow from.
    what : str
        Name of the stream: each kind of choice has its own.
    """
    one, two = draw(Draws(seed, "block", pair.block or pair.pair_id, what))
    return dict(zip(ARMS, (two, one) if pair.mirrored else (one, two), strict=True))


def _day(value: Any, otherwise: Any) -> date:
    return pd.Timestamp(otherwise if pd.isna(value) else value).date()


def _templates(row: Mapping[Any, Any], names: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the template of each arm, and the arms whose application is written."""
    named: dict[str, str] = {arm: str(row[f"{arm}_template"] or "") for arm in ARMS}
    if all(named.values()):
        return named, ARMS
    written = str(row["first_arm"])
    other = names[(names.index(named[written]) + 1) % len(names)]
    return {arm: template or other for arm, template in named.items()}, (written,)


def document_seed(seed: int, key: bytes) -> int:
    """Return what all of a study's documents follow from: its seed and its secret, as one number of 256 bits.

    It may stand where a seed does; whoever knows the seed alone is as far from it as from the key.
    """
    return int(keyed(key, "documents", str(seed)), 16)


def plan_pairs(pairs: pd.DataFrame, seed: int) -> Iterator[Pair]:
    """Yield every pair of a plan's table with its counterbalanced twin and gender, in the order of pair_id.

    `seed` is what `document_seed` makes of the study's.
    """
    table = pairs.sort_values("pair_id", kind="stable").reset_index(drop=True)
    table["twin"] = _alternation(table, _STRATUM, seed, "twin")
    table["gender"] = _alternation(table, [*_STRATUM, "twin"], seed, "gender")
    table["block"], table["mirrored"] = _blocks(table, seed)
    names = sorted({str(name) for arm in ARMS for name in table[f"{arm}_template"] if name})
    for row in table.to_dict("records"):
        templates, written = _templates(row, names)
        yield Pair(
            pair_id=row["pair_id"],
            criterion=row["criterion"],
            level=row["level"],
            occupation=row["occupation"],
            postal_code=str(row["postal_code"]),
            employer_id=str(row["employer_id"]),
            first_arm=row["first_arm"],
            control_template=templates["control"],
            treated_template=templates["treated"],
            send_first_on=_day(row["send_first_on"], row["send_first_on"]),
            send_second_on=_day(row["send_second_on"], row["send_first_on"]),
            twin_of_control=int(row["twin"]),
            gender=GENDERS[int(row["gender"])],
            block=row["block"],
            mirrored=row["mirrored"],
            written=written,
        )
