"""A heat map as plain SVG: a number in each cell, and a darker cell for a higher one.

Drawn here for the same reasons as `forest`, whose letters it shares. The number stands in the cell and the bands are
named below, so that nobody has to tell one colour from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corrtest.pages.forest import GRID, INK, MUTED, WIDTH, svg_frame, svg_text

# From light to dark, of one hue; white letters on the last two.
_FILLS = ("#f4f7fa", "#d6e3ee", "#a3c1d9", "#3f749f", "#1d4e79")
_DARK = 3
_SIDE, _ROW, _LABEL, _LINE, _FOOT = 12, 46, 150, 17, 44
_LETTER = 8.0  # about as wide as a letter of the headers


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """One cell: the text that stands in it, and its value; None draws the text alone, on white."""

    text: str
    value: float | None = None


def heat_svg(
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[HeatCell]]],
    bands: Sequence[tuple[float, str]],
    frame: tuple[str, str, str],
) -> str:
    """Return the drawing: each row is a label and a cell for each column.

    Parameters
    ----------
    bands : sequence of (float, str)
        The least value of each band from the lowest on, at most five, and what the legend calls it.
    frame : (str, str, str)
        Title, description, and the name that makes the element ids unique in the page.
    """
    step = (WIDTH - 2 * _SIDE - _LABEL) / max(len(columns), 1)
    heads = [_wrapped(column, step) for column in columns]
    top = _LINE * max((len(lines) for lines in heads), default=1) + 14
    labels = [_wrapped(label, _LABEL) for label, _ in rows]
    parts = svg_frame(top + _ROW * len(rows) + _FOOT, *frame)
    for place, lines in enumerate(heads):
        middle = _SIDE + _LABEL + step * (place + 0.5)
        lowest = top - 8 - _LINE * (len(lines) - 1)
        parts += [
            svg_text(middle, lowest + _LINE * number, line, anchor="middle", size=13, weight=700)
            for number, line in enumerate(lines)
        ]
    for place, (_, cells) in enumerate(rows):
        y = top + _ROW * place
        start = y + _ROW / 2 + 5 - _LINE * (len(labels[place]) - 1) / 2
        parts += [
            svg_text(_SIDE, start + _LINE * number, line, weight=700) for number, line in enumerate(labels[place])
        ]
        for number, cell in enumerate(cells):
            parts += _cell(cell, _SIDE + _LABEL + step * number, y, step, [least for least, _ in bands])
    return "".join([*parts, *_legend(bands, top + _ROW * len(rows) + 16), "</svg>"])


def _cell(cell: HeatCell, x: float, y: float, wide: float, bands: Sequence[float]) -> list[str]:
    band = None if cell.value is None else max(0, sum(cell.value >= least for least in bands) - 1)
    fill = "#ffffff" if band is None else _FILLS[band]
    letters = MUTED if band is None else "#ffffff" if band >= _DARK else INK
    return [
        f'<rect x="{x + 1:g}" y="{y + 1:g}" width="{wide - 2:g}" height="{_ROW - 2}" fill="{fill}" stroke="{GRID}"/>',
        svg_text(
            x + wide / 2,
            y + _ROW / 2 + 5,
            cell.text,
            anchor="middle",
            fill=letters,
            size=13 if band is None else 15,
            weight=400 if band is None else 700,
        ),
    ]


def _legend(bands: Sequence[tuple[float, str]], y: float) -> list[str]:
    parts, step = [], (WIDTH - 2 * _SIDE) / max(len(bands), 1)
    for place, (_, label) in enumerate(bands):
        x = _SIDE + step * place
        parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="16" height="16" fill="{_FILLS[place]}" stroke="{GRID}" '
            f'stroke-width="1"/>'
        )
        parts.append(svg_text(x + 22, y + 13, label, fill=MUTED, size=13))
    return parts


def _wrapped(text: str, wide: float) -> list[str]:
    """Return the lines in which a label fits; a word that is too long stands alone."""
    most, lines = max(int(wide / _LETTER), 1), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
