"""The table of an unpaired study: one row an application, one application per vacancy, its arm drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from corrtest.analysis.designs import UNPAIRED, Design
from corrtest.analysis.read.cells import (
    as_positive,
    check_grouping_columns,
    positive_faults,
    reaction_codes,
    refuse,
    shown,
    worded_or_coded,
)
from corrtest.analysis.rows import AUTOMATIC, CodeArray, Rows, marked, words
from corrtest.analysis.tables import ArmPositives, BoolArray, FloatArray
from corrtest.errors import Fault
from corrtest.language import say
from corrtest.spec import ARMS, REACTIONS, needed_columns, require_columns, sheet_row

ARM, REACTION, POSITIVE = "arm", "reaction", "positive"
REQUIRED = tuple(name for name in needed_columns("applications") if name not in (ARM, REACTION))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationsTable(Rows):
    """Checked applications; `treated` says of which arm each is, and `pair_id` counts the tests.

    Either `reactions` holds the coded reactions, or `positives` which were positive.
    """

    treated: BoolArray
    reactions: CodeArray | None = None
    positives: Mapping[str, BoolArray] = field(default_factory=dict)

    @property
    def design(self) -> Design[Any, Any]:
        """The design of the study."""
        return UNPAIRED

    @property
    def odd(self) -> ArmPositives:
        """Which applications got an odd reaction: an automatic answer, or a `status` that is not "ok"."""
        odd = self.unusable if self.reactions is None else (self.reactions == AUTOMATIC) | self.unusable
        return ArmPositives(odd, self.treated)

    def treated_first(self, first_arm: str) -> BoolArray:
        """Return which applications are of the treated arm: the one sent first is the only one."""
        return self.treated

    def counterbalanced(self) -> FloatArray | None:
        """Return the columns that the template gives; None where it is not known."""
        if "template" not in self.frame:
            return None
        template = self.frame["template"]
        columns = [marked(template, name) for name in words(template)[1:]]
        return np.column_stack(columns) if columns else None

    def kept(self, keep: BoolArray) -> ApplicationsTable:
        """Return the table with the rows in `keep` alone."""
        return replace(
            self,
            frame=self.frame[keep].reset_index(drop=True),
            pair_ids=None if self.pair_ids is None else self.pair_ids[keep],
            treated=self.treated[keep],
            reactions=None if self.reactions is None else self.reactions[keep],
            positives={name: positive[keep] for name, positive in self.positives.items()},
        )

    def outcomes(self, positive_reactions: Mapping[str, Sequence[str]]) -> dict[str, ArmPositives]:
        """Return per outcome which applications got a positive reaction."""
        if self.reactions is None:
            return {name: ArmPositives(positive, self.treated) for name, positive in self.positives.items()}
        return {
            name: ArmPositives(np.array([word in chosen for word in REACTIONS])[self.reactions], self.treated)
            for name, chosen in positive_reactions.items()
        }


def is_of_applications(table: pd.DataFrame) -> bool:
    """Say whether a row is an application: an arm and its reaction, and no column of a pair."""
    names = set(map(str, table.columns))
    of_pairs = {f"{arm}_{what}" for arm in ARMS for what in (REACTION, POSITIVE)}
    return ARM in names and bool(names & {REACTION, POSITIVE}) and not names & of_pairs


def applications_of(table: pd.DataFrame, source: Mapping[str, Any]) -> ApplicationsTable:
    """Check a table of applications.

    Raises
    ------
    InputError
        A column is missing, or a cell cannot be used; each is named.
    """
    column = REACTION if REACTION in table else POSITIVE
    require_columns(table, (*REQUIRED, ARM, column))
    faults = check_grouping_columns(table, required=REQUIRED)
    codes, found = pd.factorize(table[ARM])
    arms = [*map(str, found), ""]
    faults += [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(row), table),
            column=ARM,
            given=shown(table[ARM].iloc[row]),
            expected=" or ".join(ARMS),
            action=say("Say of which arm the application was."),
        )
        for row in np.flatnonzero(np.array([arm not in ARMS for arm in arms])[codes])
    ]
    reactions: CodeArray | None = None
    positives: dict[str, BoolArray] = {}
    if column == REACTION:
        reactions, bad = reaction_codes(table, column)
        faults += bad
    else:
        positives[POSITIVE], unknown = as_positive(worded_or_coded(table, column))
        faults += positive_faults(table, column, unknown)
    refuse(table, faults)
    dropped = {"pair_id", ARM, REACTION, POSITIVE}
    frame = table[[name for name in table.columns if name not in dropped]].copy(deep=False)
    frame.attrs = {}
    return ApplicationsTable(
        frame=frame.reset_index(drop=True),
        pair_ids=table["pair_id"],
        treated=np.array([arm == "treated" for arm in arms], dtype=np.bool_)[codes],
        reactions=reactions,
        positives=positives,
        source=source,
    )
