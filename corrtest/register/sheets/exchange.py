"""Work lists, reaction sheets and coding sheets as Excel files: written, filled in by people, taken back.

Each row carries the version (number of the last event) of its application. Where that has moved on meanwhile, the row
is a conflict: it is named and nothing of the sheet is taken in, unless the register says already what the row says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from corrtest.errors import Fault, RegisterError
from corrtest.language import say
from corrtest.register.clock import stamp
from corrtest.register.events.ledger import canonical
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.fieldwork.sending import Sending
from corrtest.register.people import second_codes
from corrtest.register.people.coding import Coding
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets.entries import CHANNELS, TYPED_REACTIONS
from corrtest.register.sheets.forms import FilledRow, Form, read_form, write_form
from corrtest.register.store import schema
from corrtest.spec import REACTIONS

WORKLIST = Form(
    name="worklist",
    locked=("pair_id", "arm", "due_on", "criterion", "occupation", "channel", "address", "documents", "version"),
    filled={"result": ("sent", "failed", "skipped"), "at": (), "reason": ()},
)
REACTION_SHEET = Form(
    name="reactions",
    locked=("pair_id", "arm", "sent_at", "version"),
    filled={"reaction": TYPED_REACTIONS, "at": (), "channel": CHANNELS, "text": ()},
)
CODING = Form(name="coding", locked=("item", "messages", "text"), filled={"reaction": REACTIONS})

_A, _P = schema.application.c, schema.pair.c
Act = Callable[[Fieldwork, FilledRow], None]


@dataclass(frozen=True, slots=True)
class Sheets:
    """Work lists, reaction sheets and coding sheets, there and back."""

    session: Session

    def write_worklist(
        self, path: str | Path, at: datetime | str, *, limit: int | None = None, actor: str = COORDINATOR
    ) -> int:
        """Write the work list of `at` as a sheet to fill in; return its rows."""
        table = Sending(self.session).worklist(at, limit=limit, actor=actor)
        write_form(WORKLIST, table, Path(path))
        return len(table)

    def write_reaction_sheet(self, path: str | Path, *, actor: str = COORDINATOR) -> int:
        """Write the applications that are out as a sheet on which reactions are filled in; return its rows."""
        with self.session.reading("worklist", actor) as (connection, person):
            query = (
                sa.select(_P.pair_id, _A.arm, _A.sent_at, _A.last_seq.label("version"))
                .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
                .where(_P.study_ref == self.session.study_ref, _A.state == "sent")
                .order_by(_A.application_ref)
            )
            if person.role == "partner":
                query = query.where(sa.or_(_P.partner.is_(None), _P.partner == person.partner))
            table = pd.DataFrame(connection.execute(query).mappings().all(), columns=list(REACTION_SHEET.locked))
        write_form(REACTION_SHEET, table, Path(path))
        return len(table)

    def write_coding_sheet(self, path: str | Path, *, actor: str) -> int:
        """Write what awaits a second coding as a sheet; return its rows."""
        table = Coding(self.session).waiting(actor=actor)
        write_form(CODING, table, Path(path))
        return len(table)

    def read_worklist(self, path: str | Path, *, actor: str = COORDINATOR) -> int:
        """Take a filled-in work list back: all rows, or none with each conflict named; return the rows taken in."""

        def act(work: Fieldwork, row: FilledRow) -> None:
            item = work.known(row.locked["pair_id"], row.locked["arm"])
            result, at = row.filled["result"], row.filled["at"]
            if not result or not at:
                raise RegisterError(say("fill in both what happened (result) and when (at)"))
            when = stamp(at)
            if _says_already(item, result, when):
                return
            _check_version(item, row)
            if result == "sent":
                work.send(item, when)
            else:
                work.give_up(item, result, row.filled["reason"] or "no reason given", when)

        return self._take_in(WORKLIST, "send", Path(path), act, actor)

    def read_reaction_sheet(self, path: str | Path, *, actor: str = COORDINATOR) -> int:
        """Take a filled-in reaction sheet back, as `read_worklist`."""

        def act(work: Fieldwork, row: FilledRow) -> None:
            item = work.known(row.locked["pair_id"], row.locked["arm"])
            filled = row.filled
            if not filled["reaction"] or not filled["at"]:
                raise RegisterError(say("fill in both the reaction and when it came (at)"))
            _check_version(item, row)
            work.react(item, filled["reaction"], stamp(filled["at"]), channel=filled["channel"], text=filled["text"])

        return self._take_in(REACTION_SHEET, "record_reaction", Path(path), act, actor)

    def read_coding_sheet(self, path: str | Path, *, actor: str) -> int:
        """Take a filled-in coding sheet back, as `read_worklist`."""

        def act(work: Fieldwork, row: FilledRow) -> None:
            second_codes.code(work, int(row.locked["item"]), row.filled["reaction"])

        return self._take_in(CODING, "code", Path(path), act, actor)

    def _take_in(self, form: Form, action: str, path: Path, act: Act, actor: str) -> int:
        rows = read_form(form, path)
        digest = _digest(form, rows)
        with self.session.writing(action, actor) as work:
            key = {"study_ref": self.session.study_ref, "kind": f"sheet {form.name}", "sha256": digest}
            if work.connection.execute(sa.select(schema.batch.c.seq).filter_by(**key)).first():
                return 0
            if "pair_id" in form.locked:
                work.load(row.locked["pair_id"] for row in rows)
            faults: list[Fault] = []
            for row in sorted(rows, key=lambda row: (row.filled.get("at", ""), row.row)):
                try:
                    act(work, row)
                except RegisterError as no:
                    faults.append(_conflict(path, row, no.message))
                except ValueError as no:
                    faults.append(_conflict(path, row, str(no)))
            if faults:
                raise Refusal(
                    "conflict",
                    say(
                        "{count} of {rows} rows of {file} cannot be taken in; nothing was.",
                        count=len(faults),
                        rows=len(rows),
                        file=path.name,
                    ),
                    sorted(faults, key=lambda fault: fault.row or 0),
                )
            seq = work.ledger.append(
                "imported", {"what": key["kind"], "rows": len(rows), "sha256": digest}, study_ref=self.session.study_ref
            )
            work.flush()
            work.connection.execute(sa.insert(schema.batch).values(**key, seq=seq))
            return len(rows)


def _says_already(item: Item, result: str, at: str) -> bool:
    """Say whether the register holds the very thing that the row says."""
    if result == "sent":
        return item.life.sent_at == at
    return item.life.state == result


def _check_version(item: Item, row: FilledRow) -> None:
    if str(item.last_seq) != row.locked["version"]:
        by = say(" by {claimed_by}", claimed_by=item.life.claimed_by) if item.life.claimed_by else ""
        raise RegisterError(
            say(
                "conflict: {item} was changed since this sheet was written (it is {state}{by}). Compare, and "
                "enter what is right on a fresh sheet",
                item=item.name,
                state=item.life.state,
                by=by,
            )
        )


def _conflict(path: Path, row: FilledRow, why: str) -> Fault:
    return Fault(
        file=path.name,
        row=row.row,
        given=", ".join(value for value in row.filled.values() if value)[:60],
        expected=say("a row that the register allows"),
        action=why if why.endswith(".") else f"{why}.",
    )


def _digest(form: Form, rows: Sequence[FilledRow]) -> str:
    text = canonical({"form": form.name, "rows": [[dict(row.locked), dict(row.filled)] for row in rows]})
    return hashlib.sha256(text.encode()).hexdigest()
