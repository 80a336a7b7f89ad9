"""Bars as plain SVG: how many in each week, and how many of the treated candidates for every hundred of the others.

Drawn here for the same reasons as `forest`, whose colours and letters they share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corrtest.pages.forest import ACCENT, GRID, INK, MUTED, WIDTH, svg_frame, svg_text

_SIDE = 12
_GREY = "#a9b4bf"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBar:
    """One week: its number of tests, and what stands below it ("" for nothing)."""

    value: int
    tick: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HundredBar:
    """One result: of every 100 for the control candidates so many for the treated ones; None draws the text alone."""

    label: str
    text: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceBar:
    """One chance out of a hundred, with its text; without `value` the label heads those that follow."""

    label: str
    value: float | None = None
    text: str = ""


def weeks_svg(bars: Sequence[WeekBar], title: str, description: str, name: str) -> str:
    """Return a bar for each week, in order; `name` makes the element ids unique in the page."""
    top, tall, foot = 26, 130, 34
    most = max((bar.value for bar in bars), default=0) or 1
    step = (WIDTH - 2 * _SIDE) / max(len(bars), 1)
    parts = svg_frame(top + tall + foot, title, description, name)
    for number, bar in enumerate(bars):
        high = round(tall * bar.value / most, 2)
        x = round(_SIDE + number * step, 2)
        parts.append(
            f'<rect x="{x:g}" y="{top + tall - high:g}" width="{round(step * 0.8, 2):g}" height="{high:g}" '
            f'fill="{ACCENT}"/>'
        )
        if bar.value == most:
            parts.append(svg_text(x + step * 0.4, top + tall - high - 6, str(bar.value), anchor="middle", size=13))
        if bar.tick:
            anchor = "end" if x > WIDTH - 60 else "start"
            parts.append(svg_text(x, top + tall + 20, bar.tick, anchor=anchor, fill=MUTED, size=13))
    parts.append(
        f'<line x1="{_SIDE}" y1="{top + tall}" x2="{WIDTH - _SIDE}" y2="{top + tall}" stroke="{INK}" stroke-width="1"/>'
    )
    return "".join([*parts, "</svg>"])


def hundred_svg(
    bars: Sequence[HundredBar],
    words: tuple[str, str],
    number: Callable[[float], str],
    frame: tuple[str, str, str],
) -> str:
    """Return two bars a result: 100 for the control candidates, and what the treated ones got, with its interval.

    `words` names the two kinds of candidates, `frame` is title, description and the name of the drawing.
    """
    control, treated = words
    row, top = 76, 6
    most = max([100.0, *(min(bar.upper or 0.0, 200.0) for bar in bars), *(bar.value or 0.0 for bar in bars)])
    room = WIDTH - 2 * _SIDE - 150

    def wide(value: float) -> float:
        return round(room * min(value, most) / most, 2)

    parts = svg_frame(top + row * len(bars), *frame)
    start = _SIDE + 150
    for place, bar in enumerate(bars):
        y = top + place * row
        parts.append(svg_text(_SIDE, y + 14, bar.label, weight=700))
        if bar.value is None:
            parts.append(svg_text(start, y + 38, bar.text, fill=MUTED))
            continue
        parts.append(svg_text(_SIDE, y + 36, control, fill=MUTED, size=13))
        parts.append(f'<rect x="{start}" y="{y + 24}" width="{wide(100):g}" height="15" fill="{_GREY}"/>')
        parts.append(svg_text(start + 6, y + 36, number(100), size=13))
        parts.append(svg_text(_SIDE, y + 56, treated, fill=MUTED, size=13))
        parts.append(f'<rect x="{start}" y="{y + 44}" width="{wide(bar.value):g}" height="15" fill="{ACCENT}"/>')
        inside = wide(bar.value) > 40
        parts.append(
            svg_text(
                start + (6 if inside else wide(bar.value) + 4),
                y + 56,
                number(bar.value),
                fill="#ffffff" if inside else INK,
                size=13,
            )
        )
        low, high = wide(bar.lower or 0.0), wide(most if bar.upper is None else bar.upper)
        parts.append(
            f'<line x1="{start + low:g}" y1="{y + 64}" x2="{start + high:g}" y2="{y + 64}" stroke="{INK}" '
            f'stroke-width="2"/>'
        )
        parts.append(svg_text(WIDTH - _SIDE, y + 14, bar.text, anchor="end", fill=MUTED, size=13))
    parts.append(f'<line x1="{start}" y1="{top}" x2="{start}" y2="{top + row * len(bars)}" stroke="{GRID}"/>')
    return "".join([*parts, "</svg>"])


def chances_svg(bars: Sequence[ChanceBar], target: tuple[float, str], frame: tuple[str, str, str]) -> str:
    """Return a bar for each chance (0 to 100) and a line at the target; `frame` as in `hundred_svg`."""
    row, top, start = 26, 30, _SIDE + 190
    room = WIDTH - 2 * _SIDE - 190 - 40
    height = top + row * len(bars) + 8
    parts = svg_frame(height, *frame)
    for place, bar in enumerate(bars):
        y = top + place * row
        if bar.value is None:
            parts.append(svg_text(_SIDE, y + 17, bar.label, weight=700))
            continue
        wide = round(room * min(max(bar.value, 0.0), 100.0) / 100, 2)
        parts.append(svg_text(_SIDE + 10, y + 15, bar.label, fill=MUTED, size=13))
        colour = ACCENT if bar.value >= target[0] else _GREY
        parts.append(f'<rect x="{start}" y="{y + 3}" width="{wide:g}" height="15" fill="{colour}"/>')
        parts.append(svg_text(start + wide + 5, y + 15, bar.text, size=13))
    line = round(start + room * target[0] / 100, 2)
    parts.append(svg_text(line, 16, target[1], anchor="middle", fill=MUTED, size=13))
    parts.append(
        f'<line x1="{line:g}" y1="22" x2="{line:g}" y2="{height - 6}" stroke="{INK}" stroke-width="1.2" '
        f'stroke-dasharray="3 4"/>'
    )
    return "".join([*parts, "</svg>"])
