"""How verbs of the register show tables, and write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import show, show_json, show_table, warn
from corrtest.errors import SHOWN_FAULTS, CorrtestError
from corrtest.language import current, say, say_n

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.register import Hurdle, Register, TakenIn
    from corrtest.spec import Table


_NOT_FOR_EYES = ("version", "documents", "position", "joint_committee", "criterion", "employer_id")
_MOMENTS = ("claimed_until", "sent_at", "positive_at", "withdraw_by")


def _masked(table: pd.DataFrame) -> list[str]:
    """Return the columns that say which arm it is: who carries out the fieldwork need not learn it.

    The audit trail (its events have a kind) alone shows it.
    """
    return [] if "kind" in table else [name for name in ("arm",) if name in table]


def _local(moment: object) -> str:
    from corrtest.register import local_time

    return local_time(moment) if isinstance(moment, str) and moment else ""


def say_frame(title: str, table: pd.DataFrame, as_json: bool) -> None:
    """Print a table for a person, or as JSON for a program."""
    if as_json:
        import json

        show_json(json.loads(table.drop(columns=_masked(table)).to_json(orient="records", date_format="iso")))
    elif table.empty:
        show(say("{title}: nothing.", title=title))
    else:
        shown = [name for name in table.columns if name not in (*_NOT_FOR_EYES, *_masked(table))]
        columns = [table[name].map(_local) if name in _MOMENTS else table[name] for name in shown]
        rows = zip(*(column.astype(object).fillna("").tolist() for column in columns), strict=True)
        show_table(title, shown, list(rows))


def write_table(table: pd.DataFrame, out: Path, of: Table | None = None) -> None:
    """Write a table in the form that the name of the file says, for its owner alone."""
    from corrtest import pages

    pages.write_table(table, out.with_suffix(""), [form_of(out)], of=of, language=current())


def form_of(out: Path) -> str:
    """Return the form that the name of a file says.

    Raises
    ------
    CorrtestError
        It says none.
    """
    from corrtest.pages import table_form

    form = table_form(out)
    if form is None:
        raise CorrtestError(say("{out} must end in .csv, .xlsx, .parquet, .dta or .sav.", out=out))
    return form


def say_taken_in(taken: TakenIn, file: Path) -> None:
    """Say what became of a sheet; where rows were refused, why, and where they are."""
    say_rows(taken.rows, file)
    if taken.refused:
        show(
            say_n(
                "{count} row was refused. It is in {sheet}, with the reason; mend it and hand that in.",
                "{count} rows were refused. They are in {sheet}, with the reason; mend them and hand that in.",
                len({fault.row for fault in taken.refused}),
                sheet=taken.sheet,
            )
        )
        for fault in taken.refused[:SHOWN_FAULTS]:
            show(f"  - {fault}")


def say_hurdles(hurdles: Sequence[Hurdle]) -> None:
    """Say what must still be on record before anything goes out, in order."""
    if hurdles:
        show(say("Nothing is sent before these are on record, in this order:"))
        for number, hurdle in enumerate(hurdles, start=1):
            show(f"  {number}. {hurdle.what}: {hurdle.command}")


def say_remarks(register: Register) -> None:
    """Say what went in that is unusual."""
    for remark in register.remarks:
        warn(remark)


def say_rows(rows: int, file: Path) -> None:
    """Say how many rows of a file were taken in."""
    if rows:
        show(say_n("Took in {count} row of {file}.", "Took in {count} rows of {file}.", rows, file=file))
    else:
        show(say("{file} was imported before; nothing was changed.", file=file))
