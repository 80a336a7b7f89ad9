"""What the verbs print: words, tables, progress, JSON."""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from corrtest.language import PROGRESS, say, written

if TYPE_CHECKING:
    import pandas as pd


def show(text: str = "") -> None:
    """Print one line of plain text."""
    typer.echo(text)


def warn(text: str) -> None:
    """Print one line of warning where it is in no program's way."""
    typer.echo(f"! {text}", err=True)


def show_json(value: Any) -> None:
    """Print `value` as JSON that any program can read (no NaN)."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def show_internal(*, simulated: bool = False) -> None:
    """Print that the figures have not passed the disclosure gate, or are nobody's."""
    from corrtest.analysis import handling_sentence

    show(handling_sentence(simulated=simulated))


def show_internal_json(content: Mapping[str, Any], *, simulated: bool = False) -> None:
    """Print figures that have not passed the gate as JSON, and say so in it."""
    from corrtest.analysis import handling

    show_json({"handling": handling(simulated=simulated), **content})


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a small table; numbers are aligned right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1))
    for index, name in enumerate(columns):
        numeric = all(isinstance(row[index], int | float) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", no_wrap=len(columns) > 2, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    # A figure cut short is worse than a line that wraps, so the table is never narrower than its contents.
    console = Console()
    needed = console.measure(table, options=console.options.update(width=100_000)).maximum
    Console(width=max(console.width, needed)).print(table)


def _cell(value: object) -> str:
    """Write what a person reads in a table: yes or no, a dash for what is undefined."""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    undefined = value is None or (isinstance(value, float) and math.isnan(value))
    return "–" if undefined else str(value)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of `frame` for JSON: what is undefined is null."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def show_figures(title: str, frame: pd.DataFrame, columns: Sequence[str] | None = None, decimals: int = 4) -> None:
    """Print `frame` as a table, its figures with `decimals`; `columns` are headings to show instead of its names."""
    rows = [
        tuple(
            written(value, f".{decimals}f") if isinstance(value, float) and not math.isnan(value) else value
            for value in row
        )
        for row in frame.itertuples(index=False)
    ]
    show_table(title, columns or [str(name) for name in frame.columns], rows)


def probability(value: float) -> str:
    """Write a p-value: never as 0, which none is."""
    return say("p < {least:.4f}", least=0.0001) if value < 0.0001 else say("p = {value:.4f}", value=value)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a callback (done, total) that draws one progress bar on standard error while the block runs.

    Where the environment names a file for it, the two numbers go there instead: who started the verb shows them.
    """
    if kept := os.environ.get(PROGRESS):
        yield lambda done, total: _note(Path(kept), f"{done} {total}")
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as progress:
        task = progress.add_task(title, total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield advance


def _note(path: Path, text: str) -> None:
    """Write a text whole: who reads along never sees half of it."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def words(text: str | None) -> tuple[str, ...]:
    """Split a comma-separated option, blanks dropped; a name that holds a comma stands in double quotes."""
    return tuple(part.strip().strip('"').strip() for part in parts(text or "", ",") if part.strip())


def parts(text: str, sign: str) -> list[str]:
    """Split a text by a sign, but not within double quotes."""
    return re.findall(rf'(?:"[^"]*"|[^"{re.escape(sign)}]|")+', text)
