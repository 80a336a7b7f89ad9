"""What the generator counterbalances itself: which arm writes as which twin, the gender of a pair, and all that two
applicants leave out, add or arrange in their own way.

The plan has counterbalanced template and order against arm. Within each stratum and control template the twin
alternates, and within each twin the gender alternates, each from a random start, so that neither stands with an
arm. Within the strata two pairs make a block: what `mirrored` draws for the arms of one, the other has the other way
around, so that over the study either arm has everything equally often, and jointly. In an unpaired study a block is a
control and a treated application, and the plan names the template of the one application; the twin, which is made for
the audit alone, gets another layout of the same plan.
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
_BOTH = "both"
GENDERS = ("man", "woman")


def _alternation(table: pd.DataFrame, keys: list[str], seed: int, name: str) -> pd.Series[Any]:
    """Alternate 0 and 1 within groups, in the order of pair_id, from a random start."""
    rank = table.groupby(keys, sort=False).cumcount()
    groups = [tuple(str(part) for part in row) for row in table[keys].itertuples(index=False)]
    start = {group: int(substream(seed, name, *group).integers(2)) for group in dict.fromkeys(groups)}
    return (rank + pd.Series([start[group] for group in groups], index=table.index)) % 2


def _blocks(table: pd.DataFrame, written: pd.Series[Any], seed: int) -> tuple[list[str], list[bool]]:
    """Return the block of each pair, and whether it is the mirrored one of the two.

    Blocks are made within the strata, and of what odd ones leave over: one pair of a study at most stands alone.
    """
    grouped = table.groupby(_BLOCK_STRATUM, sort=False)["pair_id"]
    left = (grouped.transform("size") % 2 == 1) & (grouped.cumcount(ascending=False) == 0)
    order = table.assign(written=written, left=left)
    order = order.sort_values(["left", *_BLOCK_STRATUM, "pair_id"], kind="stable")
    if (order["written"] == _BOTH).all():
        place = pd.Series(range(len(order)), index=order.index)
        block = place // 2
        turned = substream(seed, "mirrored").integers(2, size=len(order) // 2 + 1)
        second = (place + turned[block]) % 2 == 1
    else:
        # The k-th control application with the k-th treated one: each gives its own arm the same half.
        block, second = order.groupby("written").cumcount(), order["written"] == "treated"
    return [str(each) for each in block.sort_index()], [bool(each) for each in second.sort_index()]


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


def plan_pairs(pairs: pd.DataFrame, seed: int, *, all_answers: bool = False) -> Iterator[Pair]:
    """Yield every pair of a plan's table with its counterbalanced twin and gender, in the order of pair_id.

    `seed` is what `document_seed` makes of the study's. Answers for application forms go with the pairs whose
    vacancy is applied for in a portal, or with all.
    """
    table = pairs.sort_values("pair_id", kind="stable").reset_index(drop=True)
    table["twin"] = _alternation(table, _STRATUM, seed, "twin")
    table["gender"] = _alternation(table, [*_STRATUM, "twin"], seed, "gender")
    names = sorted({str(name) for arm in ARMS for name in table[f"{arm}_template"] if name})
    paired = table[[f"{arm}_template" for arm in ARMS]].fillna("").astype(bool).all(axis=1)
    table["block"], table["mirrored"] = _blocks(table, table["first_arm"].mask(paired, _BOTH), seed)
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
            answers=all_answers or row.get("channel") == "portal",
            called=row.get("channel") == "telephone",
        )
