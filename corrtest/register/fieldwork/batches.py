"""A table of moves taken in whole: all rows or none, every refused row named, the same content only once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from corrtest.errors import Fault, InputError, RegisterError
from corrtest.language import say
from corrtest.register.fieldwork.items import SOME, Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.finding.finder import Finding
from corrtest.register.refusal import Refusal
from corrtest.register.session import Session
from corrtest.register.sheets import entries
from corrtest.register.store import schema
from corrtest.register.store.database import refresh_statistics

Move = Callable[[Fieldwork, Item, entries.Entry], None]


def import_entries(
    session: Session,
    kind: str,
    action: str,
    checked: Sequence[entries.Entry],
    move: Move,
    file: str | None,
    actor: str,
) -> int:
    """Make `move` for each entry in the order in which things happened; return the rows taken in."""
    sha256 = entries.content_sha256(checked)
    checked = _placed(session, checked, action, file, actor)
    with session.writing(action, actor) as work:
        key = {"study_ref": session.study_ref, "kind": kind, "sha256": sha256}
        if work.connection.execute(sa.select(schema.batch.c.seq).filter_by(**key)).first():
            return 0
        work.load(entry.pair_id for entry in checked)
        refused: list[tuple[entries.Entry, RegisterError]] = []
        # Whatever the order of rows: a first application must be known before the second, both before a reaction.
        for entry in sorted(checked, key=lambda entry: entry.order):
            try:
                move(work, work.known(entry.pair_id, entry.arm), entry)
            except RegisterError as no:
                refused.append((entry, no))
        if refused:
            raise _all_refused(refused, len(checked), file)
        seq = work.ledger.append(
            "imported", {"what": kind, "rows": len(checked), "sha256": sha256}, study_ref=session.study_ref
        )
        work.flush()
        work.connection.execute(sa.insert(schema.batch).values(**key, seq=seq))
        if len(checked) > SOME:
            refresh_statistics(work.connection)
        return len(checked)


# What a row of a table does, where it does not say so itself.
_ACTS = {"sent": "sent", "record_reaction": "reaction", "withdraw": "withdrawn"}


def _placed(
    session: Session, checked: Sequence[entries.Entry], action: str, file: str | None, actor: str
) -> Sequence[entries.Entry]:
    """Return the rows with pair and arm, where a row says its application as people do; every unknown one is named."""
    if not any(entry.application for entry in checked):
        return checked
    acts = [entry.event or _ACTS.get(action, "sent") for entry in checked]
    asked = [(entry.application, act) for entry, act in zip(checked, acts, strict=True)]
    placed, faults = [], []
    for entry, found in zip(checked, Finding(session).each(asked, actor=actor), strict=True):
        if isinstance(found, InputError):
            told = " ".join(line.strip() for line in found.message.splitlines())
            faults.append(
                Fault(
                    file=file,
                    row=entry.row,
                    given=f"'{entry.application}'",
                    expected=say("one application"),
                    action=told,
                )
            )
        else:
            placed.append(replace(entry, pair_id=found.pair_id, arm=found.arm))
    if faults:
        raise InputError(
            say("{file} has {count} fault(s); nothing was imported.", file=file or say("The table"), count=len(faults)),
            faults,
        )
    return placed


def _all_refused(refused: Sequence[tuple[entries.Entry, RegisterError]], rows: int, file: str | None) -> RegisterError:
    faults = [
        Fault(
            file=file,
            row=entry.row,
            given=", ".join((*([entry.application] if entry.application else [entry.pair_id, entry.arm]), entry.at)),
            expected=say("a row that the register allows"),
            action=no.message,
        )
        for entry, no in sorted(refused, key=lambda pair: pair[0].row)
    ]
    message = say("The register refuses {count} of {rows} rows; nothing was imported.", count=len(faults), rows=rows)
    reasons = [no.reason for _, no in refused if isinstance(no, Refusal)]
    return Refusal(reasons[0], message, faults) if reasons else RegisterError(message, faults)
