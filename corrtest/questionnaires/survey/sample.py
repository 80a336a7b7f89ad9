"""Whom the survey invites: a stratified sample from a list, by joint committee and size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from corrtest.design import substream
from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.questionnaires.committees import committee_key
from corrtest.spec import Study, keyed, read_table, require_columns, sheet_row

__all__ = ["FRAME_COLUMNS", "SAMPLE_FILE", "SIZES", "Sample", "draw_sample", "read_frame", "read_sample", "size_class"]

# The file that says of each invitation code in which stratum it is; it names nobody.
SAMPLE_FILE = "sample.csv"
FRAME_COLUMNS = ("unit", "joint_committee", "workers")
SAMPLE_COLUMNS = ("code", "committee", "size", "stratum", "population", "invited")
# Least number of workers of each class, as `choices.size` of the form words them.
SIZES = {"1_9": 0, "10_49": 10, "50_249": 50, "250_more": 250}
# Answers that each stratum should bring, so that it can be weighted by itself.
_LEAST_ANSWERS = 5
_SHOWN = 10


def size_class(workers: float) -> str:
    """Return the size class of an employer with so many workers."""
    return next(name for name, least in reversed(SIZES.items()) if workers >= least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A drawn sample.

    Attributes
    ----------
    strata : DataFrame
        committee, size, population, invited, expected: answers that are expected.
    codes : DataFrame
        One row an invitation: code, committee, size, stratum, population, invited. It names nobody.
    invitations : DataFrame
        The rows of the list that were drawn, with their codes first: who is invited.
    """

    strata: pd.DataFrame
    codes: pd.DataFrame
    invitations: pd.DataFrame

    def margin(self, committee: str | None = None, confidence_level: float = 0.95) -> float:
        """Return the half-width of the interval of a share of one half, as expected, by strata and finite size."""
        part = self.strata if committee is None else self.strata[self.strata["committee"] == committee]
        answers = np.maximum(part["expected"].to_numpy(dtype=np.float64), 1.0)
        population = part["population"].to_numpy(dtype=np.float64)
        share = population / population.sum()
        variance = float(np.sum(share**2 * np.maximum(1 - answers / population, 0.0) * 0.25 / answers))
        return float(stats.norm.isf((1 - confidence_level) / 2) * math.sqrt(variance))


def read_frame(path: str | Path, study: Study) -> pd.DataFrame:
    """Return the list of all employers (or workers) of the sector: a row each, further columns kept.

    Raises
    ------
    InputError
        A column is missing, a unit stands twice, a committee is not the study's, or workers is no number.
    """
    table = read_table(path)
    require_columns(table, FRAME_COLUMNS)
    file = str(table.attrs.get("file", path))
    committees = {committee.number for committee in study.committees}
    faults: list[Fault] = []

    def wrong(mask: pd.Series, column: str, expected: str, action: str) -> None:
        for row in table.index[mask]:
            given = repr(str(table.at[row, column])[:60])
            faults.append(
                Fault(file=file, row=sheet_row(row), column=column, given=given, expected=expected, action=action)
            )

    unit = table["unit"].astype(str).str.strip()
    wrong(unit == "", "unit", say("a name or number of its own"), say("Fill it in."))
    wrong((unit != "") & unit.duplicated(), "unit", say("each unit once"), say("Delete the second row."))
    table["joint_committee"] = table["joint_committee"].astype(str).str.strip()
    wrong(
        ~table["joint_committee"].isin(committees),
        "joint_committee",
        say("one of {words}", words=", ".join(sorted(committees))),
        say("Correct it, or leave the row out."),
    )
    workers = pd.to_numeric(table["workers"], errors="coerce")
    wrong(workers.isna() | (workers < 0), "workers", say("a whole number of workers"), say("Fill in the number."))
    if faults or table.empty:
        more = len(faults) - _SHOWN
        rest = say(" And {count} more.", count=more) if more > 0 else ""
        raise InputError(say("{file} cannot be sampled from.", file=file) + rest, faults[:_SHOWN])
    return table.assign(unit=unit, workers=workers, size=workers.map(size_class))


def draw_sample(study: Study, frame: pd.DataFrame, key: bytes) -> Sample:
    """Return a sample: in proportion to the strata, with a floor that lets each be weighted, everybody where few are.

    Parameters
    ----------
    key : bytes
        The secret of the study, from which the invitation codes follow: whoever knows the seed cannot guess them.
    """
    asked, rng = study.survey, substream(study.seed, "questionnaire", "survey", study.name)
    wanted = min(len(frame), math.ceil(asked.respondents / asked.response))
    frame = frame.assign(committee=frame["joint_committee"].map(committee_key))
    order = frame.sort_values("unit").reset_index(drop=True)
    sizes = order.groupby(["committee", "size"], sort=True).size().reset_index(name="population")
    floor = math.ceil(_LEAST_ANSWERS / asked.response)
    invited = _allocated(sizes["population"].to_numpy(dtype=np.int64), wanted, floor)
    drawn = []
    for number, (committee, size) in enumerate(zip(sizes["committee"], sizes["size"], strict=True)):
        members = order.index[(order["committee"] == committee) & (order["size"] == size)].to_numpy()
        drawn.append(np.sort(rng.permutation(members)[: invited[number]]))
    strata = sizes.assign(invited=invited, expected=invited * asked.response)
    # In the order of the list, so that the order of the codes tells no stratum.
    chosen = order.loc[np.sort(np.concatenate(drawn))]
    codes = [keyed(key, "invitation", study.name, unit)[:10] for unit in chosen["unit"]]
    chosen = chosen.assign(code=codes, stratum=chosen["committee"] + "." + chosen["size"])
    told = chosen.merge(strata, on=["committee", "size"])
    names = ["code", *(column for column in frame.columns if column not in ("committee", "size"))]
    return Sample(
        strata=strata,
        codes=told[list(SAMPLE_COLUMNS)].sort_values("code").reset_index(drop=True),
        invitations=chosen[names].reset_index(drop=True),
    )


def read_sample(path: str | Path) -> pd.DataFrame:
    """Return the codes of a sample, as `draw_sample` made them."""
    table = read_table(path)
    require_columns(table, SAMPLE_COLUMNS)
    return table[list(SAMPLE_COLUMNS)].assign(
        population=table["population"].astype(int), invited=table["invited"].astype(int)
    )


def _allocated(sizes: npt.NDArray[np.int64], wanted: int, floor: int) -> npt.NDArray[np.int64]:
    """Return how many of each stratum are drawn: the floor first, the rest in proportion, never more than there are."""
    given = np.asarray(np.minimum(sizes, floor), dtype=np.int64)
    if given.sum() >= wanted:
        return given
    for _ in range(len(sizes)):
        room = sizes - given
        rest = wanted - int(given.sum())
        if rest <= 0 or not room.any():
            break
        # Strata above their floor share what is left by their size, in whole numbers, the largest remainders first.
        target = wanted * sizes / sizes.sum()
        short = np.minimum(np.maximum(target - given, 0.0), room)
        if short.sum() == 0:
            short = room.astype(np.float64)
        more = short * min(1.0, rest / short.sum())
        whole = np.floor(more).astype(np.int64)
        left = min(rest - int(whole.sum()), int((room - whole > 0).sum()))
        for place in np.argsort(-(more - whole), kind="stable"):
            if left <= 0:
                break
            if room[place] > whole[place]:
                whole[place] += 1
                left -= 1
        given = given + whole
    return np.asarray(given, dtype=np.int64)
