"""Applications as the audits see them, made up for tests."""

from __future__ import annotations

from typing import Any

from corrtest.generator.detectability.seen import Seen


def made_up(number: int, text: str = "", **changes: Any) -> Seen:
    values: dict[str, Any] = {
        "pair_id": f"P{number // 2:03d}",
        "arm": ("control", "treated")[number % 2],
        "employer_id": f"E{number // 2}",
        "block": f"P{number // 2:03d}",
        "occupation": "mason",
        "sent": True,
        "texts": {"cv": text},
        "structure": {},
        "lengths": {},
        "marks": {},
        "oddities": (),
    }
    return Seen(**(values | changes))
