"""Counts rounded to multiples of a base, as a policy may ask of counts that leave without noise."""

from __future__ import annotations

from corrtest.analysis import Block, Counts, design_of


def rounded(counts: Counts, base: int) -> Counts:
    """Return counts whose cells are multiples of `base`, but for the one that is what they leave of the known size."""
    design, true = design_of(counts), counts.as_dict()
    made: dict[str, int] = {}
    for block in design.blocks:
        made |= _rounded(true, block, base)
    return design.counts(made)


def _rounded(true: dict[str, int], block: Block, base: int) -> dict[str, int]:
    """Round each count; where they are more than the size, the largest gives way step by step."""
    size = sum(true[cell] for cell in block.cells)
    made = {name: base * round(true[name] / base) for name in block.noisy}
    while sum(made.values()) > size:
        largest = max(block.noisy, key=lambda name: made[name])
        made[largest] = size if len(made) == 1 else max(0, made[largest] - base)
    return {**made, block.rest: size - sum(made.values())}
