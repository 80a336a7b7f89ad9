"""Heat maps: readable without colour, aloud and by contrast."""

from __future__ import annotations

import pytest
from lxml.etree import fromstring

from corrtest.pages import HeatCell, heat_svg

BANDS = [(1, "1–9"), (10, "10–22"), (23, "23–39"), (40, "40–59"), (60, "60–100")]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*cells):
    columns, rows = ["age & origin", "disability"], [("Recruitment and selection", cells)]
    return fromstring(heat_svg(columns, rows, BANDS, ("<title>", "said", "n")).encode())


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


@pytest.mark.parametrize("value", [1, 9.9, 10, 22, 23, 39, 40, 59, 60, 100, None])
def test_each_cell_says_its_number_in_letters_that_stand_out(value):
    tree = drawn(HeatCell(text="value", value=value), HeatCell(text="hidden"))
    fills = [each.get("fill") for each in tree.iter(f"{SVG}rect")]
    letters = next(each for each in tree.iter(f"{SVG}text") if each.text == "value")
    light, dark = sorted((luminance(fills[0]), luminance(letters.get("fill"))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
    legend = fills[2:]
    reached = [fill for fill, (low, _) in zip(legend, BANDS, strict=True) if value is not None and value >= low]
    assert fills[0] == (reached[-1] if reached else "#ffffff") and len(set(legend)) == len(BANDS)


def test_the_drawing_is_named_and_described_and_all_stays_inside():
    tree = drawn(HeatCell(text="43", value=43), HeatCell(text="hidden"))
    assert tree.find(f"{SVG}title").text == "<title>" and tree.find(f"{SVG}desc").text == "said"
    assert tree.get("aria-labelledby") == "n-t n-d"
    wide, tall = map(float, tree.get("viewBox").split()[2:])
    for each in tree.iter(f"{SVG}rect"):
        assert float(each.get("x")) + float(each.get("width")) <= wide
        assert float(each.get("y")) + float(each.get("height")) <= tall
    said = [each.text for each in tree.iter(f"{SVG}text")]
    assert {"43", "hidden", "age & origin", *(label for _, label in BANDS)} <= set(said)
