"""Work lists, reaction sheets and coding sheets as Excel files: written, filled in by people, taken back.

Each row carries the version (number of the last event) of its application. Where that has moved on meanwhile, the row
is refused, unless the register says already what the row says. All that is wrong with a sheet is said in one pass; the
rows that were refused come in a sheet of their own, as the register stands now, with what was typed and the reason.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from corrtest.errors import CorrtestError, Fault, RegisterError
from corrtest.language import say
from corrtest.register.clock import local_time, stamp
from corrtest.register.events.acts import STATES, possible
from corrtest.register.events.ledger import canonical
from corrtest.register.fieldwork import gate, worklists
from corrtest.register.fieldwork.items import Item
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.fieldwork.sending import Sending
from corrtest.register.people import second_codes
from corrtest.register.people.coding import Coding
from corrtest.register.refusal import Refusal
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets.forms import REFUSED, FilledRow, Form, read_form, write_form
from corrtest.register.sheets.kinds import CODING, WORKLIST, coding_sheet, reaction_sheet
from corrtest.register.sheets.words import is_word, word
from corrtest.register.store import schema

_A, _P = schema.application.c, schema.pair.c
Act = Callable[[Fieldwork, FilledRow], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of a sheet: rows taken in now, rows refused, and where the refused ones were written."""

    rows: int
    refused: tuple[Fault, ...] = ()
    sheet: Path | None = None


@dataclass(frozen=True, slots=True)
class Sheets:
    """Work lists, reaction sheets and coding sheets, there and back."""

    session: Session

    def write_worklist(
        self, path: str | Path, at: datetime | str, *, limit: int | None = None, actor: str = COORDINATOR
    ) -> int:
        """Write the work list of `at` as a sheet to fill in; return its rows (none while it is stopped)."""
        table = Sending(self.session).worklist(at, limit=limit, actor=actor)
        stopped = table.attrs["stopped"]
        write_form(
            WORKLIST,
            worklists.for_people(table, self.session.study),
            Path(path),
            choices=_choices(table),
            notice=_notice(stopped),
        )
        return len(table)

    def write_reaction_sheet(self, path: str | Path, *, actor: str = COORDINATOR) -> int:
        """Write the applications that are out as a sheet on which reactions are filled in; return its rows."""
        with self.session.reading("worklist", actor) as (connection, person):
            query = (
                sa.select(_A.application_ref)
                .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
                .where(_P.study_ref == self.session.study_ref, _A.state == "sent")
                .order_by(_A.sent_at, _A.application_ref)
            )
            if person.role == "partner":
                query = query.where(sa.or_(_P.partner.is_(None), _P.partner == person.partner))
            refs = connection.execute(query).scalars().all()
            table = worklists.described(connection, self.session.study, self.session.keys, refs)
            stopped = gate.study_row(connection, self.session.study_ref).stopped or ""
        write_form(
            reaction_sheet(self.session.study),
            worklists.for_people(table, self.session.study),
            Path(path),
            notice=_notice(stopped),
        )
        return len(table)

    def write_coding_sheet(self, path: str | Path, *, actor: str) -> int:
        """Write what awaits a second coding as a sheet; return its rows."""
        table = Coding(self.session).waiting(actor=actor)
        write_form(coding_sheet(self.session.study), table, Path(path))
        return len(table)

    def read_worklist(self, path: str | Path, *, partly: bool = False, actor: str = COORDINATOR) -> TakenIn:
        """Take a filled-in work list back.

        All faults are found in one pass. All rows go in, or none; with `partly` the good ones go in. The refused rows
        are written to a sheet beside `path`, with the reason of each.
        """

        def act(work: Fieldwork, row: FilledRow) -> None:
            item = work.numbered(int(row.locked["application"]))
            result, at = row.filled["result"], row.filled["at"]
            if not result or not at:
                raise RegisterError(say("fill in both what happened and when"))
            when = stamp(at)
            if _says_already(item, result, when):
                return
            _check_version(item, row)
            if result == "sent":
                work.send(item, when)
            elif not row.filled["reason"]:
                raise RegisterError(say("say why, in a few words; name no employer"))
            else:
                work.give_up(item, result, row.filled["reason"], when)

        return self._take_in(WORKLIST, "send", Path(path), act, partly, actor)

    def read_reaction_sheet(self, path: str | Path, *, partly: bool = False, actor: str = COORDINATOR) -> TakenIn:
        """Take a filled-in reaction sheet back, as `read_worklist`."""

        def act(work: Fieldwork, row: FilledRow) -> None:
            item = work.numbered(int(row.locked["application"]))
            filled = row.filled
            if bool(filled["reaction"]) != bool(filled["at"]) or not (filled["reaction"] or filled["withdrawn"]):
                raise RegisterError(say("fill in both the reaction and when it came"))
            heard = stamp(filled["at"]) if filled["at"] else ""
            told = stamp(filled["withdrawn"]) if filled["withdrawn"] else ""
            new = bool(heard) and not work.is_recorded(item, filled["reaction"], heard)
            if not new and (not told or item.life.withdrawn_at == told):
                return
            _check_version(item, row)
            if new:
                words, channel = filled["text"], filled["heard_by"]
                confirmed = bool(filled["confirmed"])
                work.react(item, filled["reaction"], heard, channel=channel, text=words, confirmed=confirmed)
            if told:
                work.withdraw(item, told, unprompted=bool(filled["confirmed"]))

        return self._take_in(reaction_sheet(self.session.study), "record_reaction", Path(path), act, partly, actor)

    def read_coding_sheet(self, path: str | Path, *, actor: str) -> TakenIn:
        """Take a filled-in coding sheet back, as `read_worklist`."""

        def act(work: Fieldwork, row: FilledRow) -> None:
            second_codes.code(work, int(row.locked["item"]), row.filled["reaction"])

        return self._take_in(coding_sheet(self.session.study), "code", Path(path), act, False, actor)

    def _take_in(self, form: Form, action: str, path: Path, act: Act, partly: bool, actor: str) -> TakenIn:
        rows = read_form(form, path)
        try:
            with self.session.writing(action, actor) as work:
                good, refused = _acted(form, work, rows, act, path)
                if refused and not partly:
                    raise _all_refused(refused, len(rows), path)
                fresh = bool(good) and _is_fresh(form, work, good, self.session.study_ref)
        except Refusal as refusal:
            if refusal.reason != "conflict":
                raise
            self._write_refused(form, rows, path, actor)
            raise
        faults = _in_order(refused)
        sheet = self._write_refused(form, refused, path, actor) if refused else None
        return TakenIn(rows=len(good) if fresh else 0, refused=faults, sheet=sheet)

    def _write_refused(self, form: Form, rows: Sequence[FilledRow], path: Path, actor: str) -> Path | None:
        """Write the refused rows as the register stands now, with what was typed and why it was refused."""
        if form.name == CODING.name:
            return None
        wrong = {_number(form, row): row for row in rows if row.faults and _number(form, row)}
        with self.session.reading("worklist", actor) as (connection, _):
            refs = worklists.known(connection, self.session.study_ref, list(wrong))
            table = worklists.described(connection, self.session.study, self.session.keys, refs)
        shown = worklists.for_people(table, self.session.study)
        for name in form.filled:
            shown[name] = [_typed(wrong[ref].filled[name]) for ref in refs]
        shown[REFUSED] = [" ".join(_why(fault) for fault in wrong[ref].faults) for ref in refs]
        target = _refused_sheet(path)
        write_form(form, shown, target, choices=_choices(table) if form is WORKLIST else ())
        return target


def _acted(
    form: Form, work: Fieldwork, rows: Sequence[FilledRow], act: Act, path: Path
) -> tuple[list[FilledRow], list[FilledRow]]:
    """Do what each row says, in the order in which it happened; return the rows that went in and those refused."""
    if form.number == "application":
        work.load_numbered([ref for row in rows if (ref := _number(form, row))])
    good: list[FilledRow] = []
    refused: list[FilledRow] = []
    for row in sorted(rows, key=_when):
        if not row.faults:
            try:
                act(work, row)
            except CorrtestError as no:
                row.faults.extend(_faults(path, row, no))
        (refused if row.faults else good).append(row)
    return good, refused


def _is_fresh(form: Form, work: Fieldwork, rows: Sequence[FilledRow], study_ref: int) -> bool:
    """Put on record that these rows were taken in; say whether that is new."""
    digest = _digest(form, rows)
    key: dict[str, Any] = {"study_ref": study_ref, "kind": f"sheet {form.name}", "sha256": digest}
    if work.connection.execute(sa.select(schema.batch.c.seq).filter_by(**key)).first():
        return False
    seq = work.ledger.append(
        "imported", {"what": key["kind"], "rows": len(rows), "sha256": digest}, study_ref=study_ref
    )
    work.flush()
    work.connection.execute(sa.insert(schema.batch).values(**key, seq=seq))
    return True


def _notice(stopped: str) -> str:
    return say("STOPPED: {reason}. Nothing goes out.", reason=stopped) if stopped else ""


def _choices(table: pd.DataFrame) -> list[Mapping[str, tuple[str, ...]]]:
    return [{"result": possible(state, sheet=WORKLIST.name)} for state in table["state"]]


def _when(row: FilledRow) -> tuple[str, int]:
    try:
        return stamp(row.filled.get("at") or row.filled.get("withdrawn") or ""), row.row
    except ValueError:
        return "", row.row


def _number(form: Form, row: FilledRow) -> int:
    text = row.locked[form.number]
    return int(text) if text.isdigit() else 0


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
                "{item} was changed since this sheet was written (it is {state}{by}). Compare, and enter what is right "
                "on a fresh sheet",
                item=item.name,
                state=say(STATES[item.life.state])
                + (f", {local_time(item.life.sent_at)}" if item.life.sent_at and item.life.state == "sent" else ""),
                by=by,
            )
        )


def _faults(path: Path, row: FilledRow, no: CorrtestError) -> list[Fault]:
    """Return what an act refused as faults of its row."""
    told = no.message[:1].upper() + no.message[1:]
    if no.faults:
        return [replace(fault, file=path.name, row=row.row, column=None) for fault in no.faults]
    return [
        Fault(
            file=path.name,
            row=row.row,
            given=", ".join(_typed(value) for value in row.filled.values() if value)[:60],
            expected=say("a row that the register allows"),
            action=told if told.endswith((".", "!")) else f"{told}.",
        )
    ]


def _typed(value: str) -> str:
    """Return what was filled in as the person reads it."""
    return word(value) if is_word(value) else value


def _why(fault: Fault) -> str:
    """Return a fault as the last column of a sheet says it."""
    if fault.expected == say("a row that the register allows"):
        return fault.action
    told = say("got {given}; expected {expected}", given=fault.given, expected=fault.expected)
    return f"{told}. {fault.action}"


def _refused_sheet(path: Path) -> Path:
    """Return where refused rows of a sheet go: beside it, and never over another sheet that a person may be mending."""
    name = re.sub(r"-refused(-\d+)?$", "", path.stem)
    numbers = ("", *(f"-{number}" for number in range(2, 1000)))
    beside = (path.with_name(f"{name}-refused{number}.xlsx") for number in numbers)
    return next(each for each in beside if each == path or not each.exists())


def _in_order(refused: Sequence[FilledRow]) -> tuple[Fault, ...]:
    return tuple(fault for row in sorted(refused, key=lambda each: each.row) for fault in row.faults)


def _all_refused(refused: Sequence[FilledRow], rows: int, path: Path) -> Refusal:
    return Refusal(
        "conflict",
        say(
            "{count} of {rows} rows of {file} cannot be taken in; nothing was. They are in {sheet} with the reason.",
            count=len(refused),
            rows=rows,
            file=path.name,
            sheet=f"{path.stem.removesuffix('-refused')}-refused.xlsx",
        ),
        _in_order(refused),
    )


def _digest(form: Form, rows: Sequence[FilledRow]) -> str:
    text = canonical({"form": form.name, "rows": [[dict(row.locked), dict(row.filled)] for row in rows]})
    return hashlib.sha256(text.encode()).hexdigest()
