"""The clock of Belgium, in which a study's days, hours and documents are."""

from __future__ import annotations

from zoneinfo import ZoneInfo

__all__ = ["BELGIAN_TIME"]

BELGIAN_TIME = ZoneInfo("Europe/Brussels")
