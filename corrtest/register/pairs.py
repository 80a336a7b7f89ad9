"""The pairs table that analysis receives: one row a pair, no name, no address, no text, employers as pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register import schema
from corrtest.register.clock import later
from corrtest.spec import Study

_P, _A = schema.pair.c, schema.application.c
_DESIGNED = (
    "pair_id",
    "sector",
    "joint_committee",
    "criterion",
    "level",
    "employer",
    "occupation",
    "province",
    "first_arm",
    "control_template",
    "treated_template",
    "weight",
    "level_probability",
    "first_arm_probability",
    "wave",
)
COLUMNS = (*_DESIGNED[:6], "control_reaction", "treated_reaction", *_DESIGNED[6:], "sent_on", "simulated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many pairs of a study the export holds, and why the others are not in it."""

    complete: int
    awaiting_adjudication: int
    awaiting_reactions: int
    not_sent: int
    given_up: int


def export(connection: Connection, study_ref: int, study: Study, as_of: str) -> tuple[pd.DataFrame, Progress]:
    """Return the pairs whose reaction windows have both passed by `as_of`, in the order of their numbers.

    Silence until the end of the window is "none": derived here, typed by nobody. A reaction later than the window is
    not counted.
    """
    control, treated = (schema.application.alias(arm) for arm in ("control", "treated"))
    second = (schema.code.alias("control_code"), schema.code.alias("treated_code"))
    rows = connection.execute(
        sa.select(
            *(_P[name] for name in _DESIGNED),
            *(
                arm.c[name].label(f"{arm.name}_{name}")
                for arm in (control, treated)
                for name in ("state", "sent_at", "reaction", "simulated")
            ),
            *(
                codes.c[name].label(f"{arm.name}_{name}")
                for arm, codes in zip((control, treated), second, strict=True)
                for name in ("first", "second", "settled")
            ),
        )
        .join_from(schema.pair, control, sa.and_(control.c.pair_ref == _P.pair_ref, control.c.arm == "control"))
        .join(treated, sa.and_(treated.c.pair_ref == _P.pair_ref, treated.c.arm == "treated"))
        .join(second[0], second[0].c.application_ref == control.c.application_ref, isouter=True)
        .join(second[1], second[1].c.application_ref == treated.c.application_ref, isouter=True)
        .where(_P.study_ref == study_ref)
    )
    every = pd.DataFrame(rows.mappings().all(), columns=list(rows.keys()))
    ended = {"failed", "skipped", "replaced"}
    given_up = every["control_state"].isin(ended) | every["treated_state"].isin(ended)
    sent = ~given_up & every["control_sent_at"].notna() & every["treated_sent_at"].notna()
    window = timedelta(days=study.fieldwork.reaction_window_days)
    closing = pd.Series("", index=every.index, dtype=object)
    if sent.any():
        last = every.loc[sent, ["control_sent_at", "treated_sent_at"]].max(axis=1)
        ends = {text: later(text, window) for text in last.unique()}
        closing[sent] = last.map(ends)
    closed = sent & (closing <= as_of)
    disputed = _disputed(every, "control") | _disputed(every, "treated")
    complete = closed & ~disputed
    table = every[complete].copy()
    for arm in ("control", "treated"):
        settled = table[f"{arm}_settled"].where(table[f"{arm}_first"] == table[f"{arm}_reaction"])
        table[f"{arm}_reaction"] = settled.fillna(table[f"{arm}_reaction"]).fillna("none")
    first = table[["control_sent_at", "treated_sent_at"]].min(axis=1)
    table["sent_on"] = pd.to_datetime(first.astype(str).str[:10], format="%Y-%m-%d").astype("datetime64[s]")
    table["simulated"] = (table["control_simulated"] + table["treated_simulated"]).astype(bool)
    table = table[list(COLUMNS)].sort_values("pair_id", kind="stable", ignore_index=True)
    return table, Progress(
        complete=int(complete.sum()),
        awaiting_adjudication=int((closed & disputed).sum()),
        awaiting_reactions=int((sent & ~closed).sum()),
        not_sent=int((~sent & ~given_up).sum()),
        given_up=int(given_up.sum()),
    )


def _disputed(every: pd.DataFrame, arm: str) -> pd.Series[bool]:
    """Two people coded the outcome differently and nobody has decided; a code of an earlier outcome is void."""
    first, second = every[f"{arm}_first"], every[f"{arm}_second"]
    stands = first.notna() & (first == every[f"{arm}_reaction"])
    return stands & (second != first) & every[f"{arm}_settled"].isna()
