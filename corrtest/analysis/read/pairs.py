"""Read and check what a study exports: one row a pair, or one row an application where the study is unpaired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corrtest.analysis.designs import PAIRED, Design
from corrtest.analysis.read.applications import ApplicationsTable, applications_of, is_of_applications
from corrtest.analysis.read.cells import (
    as_positive,
    check_grouping_columns,
    positive_faults,
    reaction_codes,
    refuse,
    worded_or_coded,
)
from corrtest.analysis.read.reading import read_columns
from corrtest.analysis.rows import AUTOMATIC, CodeArray, Rows, marked, require_drawn, words
from corrtest.analysis.tables import BoolArray, FloatArray, PairPositives
from corrtest.errors import AnalysisError, Fault, InputError
from corrtest.language import keep, say
from corrtest.spec import ARMS, REACTIONS, needed_columns, require_columns

REACTION_COLUMNS = (f"{ARMS[0]}_reaction", f"{ARMS[1]}_reaction")
POSITIVE_COLUMNS = (f"{ARMS[0]}_positive", f"{ARMS[1]}_positive")
# Where the reactions are 0/1 columns, the rest of the row is the same.
REQUIRED = tuple(name for name in needed_columns("pairs") if name not in REACTION_COLUMNS)
# Columns of a pair that have a value for each arm.
_BY_ARM = ("template", "letter", "caller")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsTable(Rows):
    """Checked pairs.

    Either `reactions` holds the coded reactions of both arms, or `positives` holds, per outcome, which were
    positive.
    """

    reactions: tuple[CodeArray, CodeArray] | None = None
    positives: Mapping[str, PairPositives] = field(default_factory=dict)

    @property
    def design(self) -> Design[Any, Any]:
        """The design of the study."""
        return PAIRED

    @property
    def odd(self) -> PairPositives:
        """Of which pairs the control's reaction is odd, and of which the treated's.

        Odd are automatic answers, and both reactions of a pair whose `status` is not "ok".
        """
        if self.reactions is None:
            return PairPositives(self.unusable, self.unusable)
        return PairPositives(*((codes == AUTOMATIC) | self.unusable for codes in self.reactions))

    def treated_first(self, first_arm: str) -> BoolArray:
        """Return of which pairs the treated application went first, as the column `first_arm` has it."""
        require_drawn(self, first_arm)
        arm = self.frame[first_arm].astype(str).to_numpy()
        if not np.isin(arm, ARMS).all():
            raise AnalysisError(
                say("Column '{first_arm}' must say 'control' or 'treated' for every pair.", first_arm=first_arm)
            )
        return np.asarray(arm == "treated", dtype=np.bool_)

    def frames_by_arm(self) -> list[pd.DataFrame]:
        """Return the columns as those of the control applications, and of the treated ones."""
        return [_of_arm(self.frame, arm) for arm in ARMS]

    def counterbalanced(self) -> FloatArray | None:
        """Return the columns that order and template give to a pair's difference; None where neither is known."""
        columns: list[FloatArray] = []
        if "first_arm" in self.frame:
            columns.append(2 * marked(self.frame["first_arm"], "treated") - 1)
        if {"control_template", "treated_template"} <= set(self.frame.columns):
            control, treated = self.frame["control_template"], self.frame["treated_template"]
            names = sorted({*words(control), *words(treated)})
            columns += [marked(treated, name) - marked(control, name) for name in names[1:]]
        return np.column_stack(columns) if columns else None

    def kept(self, keep: BoolArray) -> PairsTable:
        """Return the table with the rows in `keep` alone."""
        return replace(
            self,
            frame=self.frame[keep].reset_index(drop=True),
            pair_ids=None if self.pair_ids is None else self.pair_ids[keep],
            reactions=None if self.reactions is None else (self.reactions[0][keep], self.reactions[1][keep]),
            positives={name: positive.rows(keep) for name, positive in self.positives.items()},
        )

    def outcomes(self, positive_reactions: Mapping[str, Sequence[str]]) -> dict[str, PairPositives]:
        """Return per outcome which control and which treated reactions were positive."""
        if self.reactions is None:
            return dict(self.positives)
        control, treated = self.reactions
        codes = {name: np.array([word in chosen for word in REACTIONS]) for name, chosen in positive_reactions.items()}
        return {name: PairPositives(lookup[control], lookup[treated]) for name, lookup in codes.items()}


StudyTable = PairsTable | ApplicationsTable


def require_pairs(table: StudyTable, what: str) -> PairsTable:
    """Return the table if it is one of pairs.

    Raises
    ------
    AnalysisError
        It is one of an unpaired study, of which `what` cannot be computed.
    """
    if isinstance(table, PairsTable):
        return table
    raise AnalysisError(
        say(
            "{what} needs pairs, and this table has one application per vacancy. Use corrtest analyse for it.",
            what=what,
        )
    )


def read_pairs(path: str | Path, *, control: str | None = None, treated: str | None = None) -> StudyTable:
    """Read a study's table from a table of any kind.

    Parameters
    ----------
    path : str or Path
        The file; see `corrtest.spec.read_table` for what is accepted.
    control, treated : str, optional
        Names of two 0/1 columns, for a table that has other names or no grouping columns at all. Then no other
        column is required, and the known ones are used where present.

    Returns
    -------
    PairsTable or ApplicationsTable
        The second where a row is an application: columns `arm` and `reaction` (or `positive`), and none of the pair's.

    Raises
    ------
    InputError
        The file cannot be read, lacks a column, or has rows that are wrong; each is named.
    """
    table, digest = read_columns(Path(path))
    return _checked(table, control, treated, {"file": Path(path).name, "sha256": digest, "rows": len(table)})


def pairs_table(table: pd.DataFrame, *, control: str | None = None, treated: str | None = None) -> StudyTable:
    """Check a study's table that is already a DataFrame, as the register exports it."""
    return _checked(table, control, treated, {"rows": len(table)})


def _checked(table: pd.DataFrame, control: str | None, treated: str | None, source: Mapping[str, Any]) -> StudyTable:
    if len(table) == 0:
        raise InputError(say("The pairs table has no rows. Give at least one pair."))
    if control is None and treated is None:
        if is_of_applications(table):
            return applications_of(table, source)
        return _pairs_of(table, source)
    if control is None or treated is None or control == treated:
        raise InputError(say("Name two different columns, one for the control arm and one for the treated arm."))
    require_columns(table, (control, treated))
    faults = check_grouping_columns(table, required=[name for name in ("employer",) if name in table])
    positives, found = _zero_one(table, (control, treated))
    refuse(table, [*faults, *found])
    return PairsTable(
        frame=_grouping_frame(table, {control, treated}),
        pair_ids=table.get("pair_id"),
        positives={"positive": positives},
        notes=(keep("Control: column '{control}'; treated: column '{treated}'.", control=control, treated=treated),),
        source=source,
    )


def _pairs_of(table: pd.DataFrame, source: Mapping[str, Any]) -> PairsTable:
    given = set(table.columns)
    if not {*REACTION_COLUMNS, *POSITIVE_COLUMNS} & given:
        raise InputError(
            say(
                "{file} has neither the columns {reaction_columns} nor {positive_columns}. It has: {columns}. If "
                "two of these hold 1 and 0, name them with --positive CONTROL,TREATED; if a row is an application "
                "and not a pair, use --long.",
                file=table.attrs.get("file", "The table"),
                reaction_columns=", ".join(REACTION_COLUMNS),
                positive_columns=", ".join(POSITIVE_COLUMNS),
                columns=", ".join(map(str, table.columns)),
            )
        )
    coded = not set(POSITIVE_COLUMNS) <= given or set(REACTION_COLUMNS) <= given
    columns = REACTION_COLUMNS if coded else POSITIVE_COLUMNS
    require_columns(table, (*REQUIRED, *columns))
    faults = check_grouping_columns(table, required=REQUIRED)
    reactions: tuple[CodeArray, CodeArray] | None = None
    positives: dict[str, PairPositives] = {}
    if coded:
        (control, bad), (treated, worse) = (reaction_codes(table, column) for column in columns)
        reactions = (control, treated)
        faults += [*bad, *worse]
    else:
        positives["positive"], found = _zero_one(table, columns)
        faults += found
    refuse(table, faults)
    both = coded and set(POSITIVE_COLUMNS) <= given
    return PairsTable(
        frame=_grouping_frame(table, set(columns)),
        pair_ids=table["pair_id"],
        reactions=reactions,
        positives=positives,
        notes=(keep("The table has reactions and 0/1 columns; the reactions are used."),) if both else (),
        source=source,
    )


def _zero_one(table: pd.DataFrame, columns: tuple[str, str]) -> tuple[PairPositives, list[Fault]]:
    (control, bad), (treated, worse) = (as_positive(worded_or_coded(table, column)) for column in columns)
    faults = [*positive_faults(table, columns[0], bad), *positive_faults(table, columns[1], worse)]
    return PairPositives(control, treated), faults


def _grouping_frame(table: pd.DataFrame, used: set[str]) -> pd.DataFrame:
    frame = table[[name for name in table.columns if name not in used and name != "pair_id"]].copy(deep=False)
    frame.attrs = {}
    return frame.reset_index(drop=True)


def _of_arm(frame: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Return the pair's columns as those of one of its applications."""
    own = frame.copy(deep=False)
    for name in _BY_ARM:
        if f"{arm}_{name}" in frame:
            own[name] = frame[f"{arm}_{name}"]
    if "first_arm" in frame:
        own["first"] = (frame["first_arm"] == arm).astype(np.float64)
    return own
