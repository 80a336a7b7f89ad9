"""A criterion as a study has it: its levels, and the share of the pairs that each gets."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Criterion", "Level"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One signal that the treated arm may carry, with its share (0, 1] of the criterion's pairs."""

    name: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One ground tested, with its levels; the shares sum to 1."""

    name: str
    levels: tuple[Level, ...]
