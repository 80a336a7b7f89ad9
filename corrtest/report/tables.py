"""The tables and figures that several chapters share."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.disclosure import Release
from corrtest.pages import Cell, Column, Figure, ForestRow, ForestWords, Table, forest_svg
from corrtest.report.view import View

# What a release calls the figures of the two arms; what an arm was sent is known from the plan.
_ARM_CELLS = ("control_sent", "control_positive", "treated_sent", "treated_positive")


def direction_note(view: View) -> str:
    """Return the sentence that every table with a ratio carries."""
    return view.words.text(
        "Ratio = share of positive reactions of the treated candidates divided by that of the control candidates. "
        "Below 1 = treated candidates at a disadvantage."
    )


def noise_note(view: View) -> str:
    """Return what a table of counts says of the noise on them; empty where there is none."""
    if view.releases.policy.exact:
        return ""
    return view.words.text(
        "Counts carry protective noise (chapter 10): 19 times of 20 a count is off by no more than what stands behind "
        "±. Intervals are widened for it."
    )


def count_cell(view: View, release: Release, cell: str, count: int) -> Cell:
    """Return a cell with a published count, and how far it may be off where it carries noise."""
    off = (release.margins or {}).get(cell)
    text = view.words.number(count, 0)
    return Cell(text=f"{text}\N{NO-BREAK SPACE}± {off}" if off else text, value=count)


def number_cell(view: View, value: float | None, decimals: int = 0) -> Cell:
    """Return a cell with a number in the reader's notation."""
    return Cell(text=view.words.number(value, decimals), value=value)


def ratio_text(view: View, release: Release) -> str:
    """Return "0,67 (0,50 tot 0,88)", or a word where it is hidden or undefined."""
    if not release.shown:
        return view.words.text("not shown")
    ratio = release.estimate("discrimination_ratio")
    if ratio is None or ratio.value is None:
        return view.words.text("not defined")
    interval = view.words.interval(ratio.lower, ratio.upper).replace(" ", "\N{NO-BREAK SPACE}")
    return f"{view.words.number(ratio.value)} ({interval})"


def counts_table(view: View, name: str, caption: str, rows: Sequence[tuple[str, Release]]) -> Table:
    """Return the counts behind a set of results, with their rates and ratio."""
    words = view.words
    employers = words.text("Employers") if view.releases.unit == "employer" else words.text("Employers (not known)")
    counts = _arm_headers(view) if view.unpaired else _pair_headers(view)
    headers = (
        employers,
        *counts,
        words.text("Control candidates, % positive"),
        words.text("Treated candidates, % positive"),
        words.text("Ratio"),
        words.text("Interval"),
    )
    size = words.text("Applications") if view.unpaired else words.text("Pairs")
    columns = (
        Column(header=words.text("Result")),
        *(Column(header=header, numeric=True) for header in (size, *headers)),
    )
    body = tuple(_counts_row(view, label, release, len(columns)) for label, release in rows)
    return Table(
        name=name,
        caption=caption,
        columns=columns,
        rows=body,
        note=f"{direction_note(view)} {noise_note(view)}".strip(),
    )


def _pair_headers(view: View) -> tuple[str, ...]:
    words = view.words
    return (
        words.text("Both positive"),
        words.text("Only control candidate"),
        words.text("Only treated candidate"),
        words.text("Neither"),
    )


def _arm_headers(view: View) -> tuple[str, ...]:
    words = view.words
    return (
        words.text("Control candidates"),
        words.text("… with a positive reaction"),
        words.text("Treated candidates"),
        words.text("… with a positive reaction"),
    )


def _counts_row(view: View, label: str, release: Release, width: int) -> tuple[Cell, ...]:
    if release.counts is None or release.arms is None:
        hidden = Cell(text=view.words.text("not shown"), muted=True)
        return (Cell(text=label), hidden, *(Cell(text="–", muted=True) for _ in range(width - 2)))
    control, treated = release.arms
    shown = release.counts.as_dict()
    if view.unpaired:
        arms = (control.applications, control.positives, treated.applications, treated.positives)
        shown = dict(zip(_ARM_CELLS, arms, strict=True))
    ratio = release.estimate("discrimination_ratio")
    return (
        Cell(text=label),
        number_cell(view, release.pairs),
        number_cell(view, release.employers),
        *(count_cell(view, release, cell, count) for cell, count in shown.items()),
        Cell(text=view.words.percent(control.rate, 1), value=control.rate),
        Cell(text=view.words.percent(treated.rate, 1), value=treated.rate),
        number_cell(view, ratio.value if ratio else None, 2),
        Cell(text=_short_interval(view, release)),
    )


def _short_interval(view: View, release: Release) -> str:
    """Return "0,50–0,88": short enough for a table with many columns."""
    ratio = release.estimate("discrimination_ratio")
    if ratio is None or ratio.value is None:
        return "–"
    low, high = (view.words.number(end) if end is not None else "∞" for end in (ratio.lower or 0.0, ratio.upper))
    return f"{low}–{high}"


def forest_figure(
    view: View, name: str, caption: str, groups: Sequence[tuple[str, Sequence[tuple[str, Release]]]]
) -> Figure:
    """Return a forest plot of (group header, rows); an empty header draws none."""
    words = view.words
    rows: list[ForestRow] = []
    spoken: list[str] = []
    for header, members in groups:
        if header:
            rows.append(ForestRow(label=header, text="", header=True))
        for label, release in members:
            ratio = release.estimate("discrimination_ratio")
            text = ratio_text(view, release)
            spoken.append(f"{header}{': ' if header else ''}{label}: {text}.")
            rows.append(
                ForestRow(
                    label=label,
                    text=text,
                    value=ratio.value if ratio else None,
                    lower=ratio.lower if ratio else None,
                    upper=ratio.upper if ratio else None,
                    emphasis=release.level is None and release.joint_committee is None,
                )
            )
    simulated = words.text("SIMULATED") + ". " if view.releases.simulated else ""
    alternative = (
        simulated + words.text("Ratios with their intervals, left of 1 is a disadvantage.") + " " + " ".join(spoken)
    )
    drawing = ForestWords(
        title=simulated + caption,
        description=alternative,
        below=words.text("disadvantage"),
        above=words.text("advantage"),
        number=words.short,
    )
    return Figure(name=name, svg=forest_svg(rows, drawing, name), caption=caption, alternative=alternative)
