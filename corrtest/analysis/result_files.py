"""How every result becomes a JSON file: the same content gives the same bytes, and no write leaves half a file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corrtest.spec import write_private


def as_json(content: Mapping[str, Any]) -> str:
    """Return `content` as JSON that any program can read (no NaN, no infinity)."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def write_json(path: str | Path, content: Mapping[str, Any]) -> Path:
    """Write `content` to `path`, for its owner alone, and return it; an interrupted write leaves what was there."""
    write_private(Path(path), as_json(content).encode())
    return Path(path)


def finite(value: Any) -> Any:
    """Return `value` with every number in it that is nan or infinite as None, numpy's numbers as Python's."""
    if isinstance(value, Mapping):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
