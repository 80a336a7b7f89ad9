"""Pairs for the generator's tests: every criterion, level and occupation in turn."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from corrtest.generator import Pair
from corrtest.spec import SHIPPED

LEVELS = (
    ("origin", "turkish_name"),
    ("age", "age_50"),
    ("disability", "deaf_support_premium"),
    ("age", "age_50_inactive"),
    ("gender", "woman"),
    ("origin", "eastern_european_name"),
    ("age", "age_50_other_sector"),
    ("disability", "autism"),
    ("origin", "maghrebi_name"),
    ("origin", "sub_saharan_name"),
    ("disability", "deaf_letter_only"),
    ("disability", "deaf_cv_only_support_premium"),
    ("disability", "physical_disability"),
)
SETS = ("classic_rules", "side_column", "timeline_dots", "plain_table", "top_banner", "margin_titles")


def make_pair(number: int = 0, sets: Sequence[str] = SETS, **changes: Any) -> Pair:
    criterion, level = LEVELS[number % len(LEVELS)]
    codes = sorted(SHIPPED.occupations, key=lambda code: code != "mason")
    values: dict[str, Any] = {
        "pair_id": f"P{number:05d}",
        "criterion": criterion,
        "level": level,
        "occupation": codes[number % len(codes)],
        "postal_code": ("2800", "9000", "8500", "3500", "1000")[number % 5],
        "employer_id": f"E{number // 2}",
        "first_arm": ("control", "treated")[zlib.crc32(b"first %d" % number) % 2],
        "control_template": sets[number % len(sets)],
        "treated_template": sets[(number + 1) % len(sets)],
        "send_first_on": date(2027, 2, 1),
        "send_second_on": date(2027, 2, 2),
        "twin_of_control": zlib.crc32(b"twin %d" % number) % 2,
        "gender": ("man", "woman")[zlib.crc32(b"gender %d" % number) % 2],
    }
    return Pair(**(values | changes))


def make_pairs(count: int, **changes: Any) -> list[Pair]:
    return [make_pair(number, **changes) for number in range(count)]
