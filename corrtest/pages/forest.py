"""Forest plots as plain SVG: one row a result, its label and figures above its interval, so that a phone can show it.

Drawn here and not by a plotting library: the text stays text (searchable, readable aloud, any font), the same input
gives the same bytes, and no metadata come along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 560
_LEFT, _RIGHT = 12, 12
_ROW, _HEADER, _TOP, _FOOT = 46, 34, 40, 34
_TICKS = (0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0)
INK, MUTED, LINE, ACCENT, GRID = "#16202b", "#4a5763", "#1d4e79", "#1d4e79", "#d5dce3"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One result; `value` None draws the label and text alone. A row with `header` starts a group."""

    label: str
    text: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    header: bool = False
    emphasis: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestWords:
    """The words on the drawing, and how the reader writes a number."""

    title: str
    description: str
    below: str
    above: str
    number: Callable[[float], str]


def forest_svg(rows: Sequence[ForestRow], words: ForestWords, name: str) -> str:
    """Return the drawing; `name` makes its element ids unique in the page."""
    low, high = _limits(rows)
    span = math.log(high) - math.log(low)
    plot = WIDTH - _LEFT - _RIGHT

    def x(value: float) -> float:
        inside = min(max(value, low), high)
        return round(_LEFT + plot * (math.log(inside) - math.log(low)) / span, 2)

    height = _TOP + sum(_HEADER if row.header else _ROW for row in rows) + _FOOT
    parts = [
        *svg_frame(height, words.title, words.description, name),
        svg_text(x(1) - 10, 16, f"← {words.below}", anchor="end", fill=MUTED, size=13),
        svg_text(x(1) + 10, 16, f"{words.above} →", anchor="start", fill=MUTED, size=13),
    ]
    ticks = _ticks(low, high, x)
    for tick in ticks:
        dash = "" if tick == 1 else ' stroke-dasharray="2 4"'
        colour = INK if tick == 1 else GRID
        parts.append(
            f'<line x1="{x(tick)}" y1="26" x2="{x(tick)}" y2="{height - _FOOT + 6}" stroke="{colour}" '
            f'stroke-width="1.2"{dash}/>'
        )
        parts.append(svg_text(x(tick), height - 10, words.number(tick), anchor="middle", fill=MUTED, size=13))
    y = float(_TOP)
    for row in rows:
        if row.header:
            parts.append(f'<rect x="0" y="{y:g}" width="{WIDTH}" height="{_HEADER - 8}" fill="#eaf0f5"/>')
            parts.append(svg_text(_LEFT, y + 18, row.label, weight=700))
            y += _HEADER
            continue
        parts += _row(row, y, x, low, high)
        y += _ROW
    parts.append("</svg>")
    return "".join(parts)


def _row(row: ForestRow, y: float, x: object, low: float, high: float) -> list[str]:
    place = x  # a function of the value
    weight = 700 if row.emphasis else 400
    parts = [
        f'<rect x="{_LEFT - 4}" y="{y:g}" width="{WIDTH - _LEFT - _RIGHT + 8}" height="20" fill="#ffffff" '
        f'fill-opacity="0.88"/>',
        svg_text(_LEFT, y + 15, row.label, weight=weight),
        svg_text(WIDTH - _RIGHT, y + 15, row.text, anchor="end", weight=weight),
    ]
    if row.value is None:
        return parts
    assert callable(place)
    middle = y + 31
    left = place(row.lower if row.lower is not None else low)
    right = place(row.upper if row.upper is not None else high)
    width = 3 if row.emphasis else 2
    parts.append(
        f'<line x1="{left}" y1="{middle:g}" x2="{right}" y2="{middle:g}" stroke="{LINE}" stroke-width="{width}"/>'
    )
    for end, value, limit in ((left, row.lower, low), (right, row.upper, high)):
        beyond = value is None or (value < limit if limit == low else value > limit)
        if beyond:
            step = 7 if limit == low else -7
            parts.append(
                f'<path d="M{end} {middle:g} l{step} -4.5 v9 z" fill="{LINE}"/>'  # an arrow: the interval goes on
            )
        else:
            parts.append(
                f'<line x1="{end}" y1="{middle - 4.5:g}" x2="{end}" y2="{middle + 4.5:g}" stroke="{LINE}" '
                f'stroke-width="{width}"/>'
            )
    size = 11 if row.emphasis else 9
    centre = place(row.value)
    parts.append(
        f'<rect x="{centre - size / 2:g}" y="{middle - size / 2:g}" width="{size}" height="{size}" fill="{ACCENT}" '
        f'stroke="#ffffff" stroke-width="1"/>'
    )
    return parts


def _limits(rows: Sequence[ForestRow]) -> tuple[float, float]:
    """Return the ends of the axis: from 0.4 to 1.6 or more, within 0.1 to 10: one interval cannot crush the rest."""
    seen = [v for row in rows for v in (row.value, row.lower, row.upper) if v is not None and v > 0]
    low = max(0.1, min([0.4, *(v * 0.93 for v in seen)]))
    high = min(10.0, max([1.6, *(v * 1.07 for v in seen)]))
    return low, high


def _ticks(low: float, high: float, x: object) -> list[float]:
    """Return the ticks that fit, 1 always among them."""
    assert callable(x)
    kept = [1.0]
    for tick in sorted(_TICKS, key=lambda value: abs(math.log(value))):
        if low <= tick <= high and all(abs(x(tick) - x(other)) > 36 for other in kept):
            kept.append(tick)
    return sorted(kept)


def svg_frame(height: float, title: str, description: str, name: str) -> list[str]:
    """Return the beginning of a drawing: its size, its letters, and what it shows in words."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f"aria-labelledby=\"{name}-t {name}-d\" font-family=\"'Segoe UI', 'Helvetica Neue', 'Liberation Sans', "
        f'\'DejaVu Sans\', Arial, sans-serif" font-size="14">',
        f'<title id="{name}-t">{escape(title)}</title>',
        f'<desc id="{name}-d">{escape(description)}</desc>',
    ]


def svg_text(
    x: float, y: float, text: str, *, anchor: str = "start", fill: str = INK, size: int = 14, weight: int = 400
) -> str:
    """Return one line of text."""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}" font-size="{size}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )
