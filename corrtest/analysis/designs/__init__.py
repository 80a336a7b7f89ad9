"""The designs: how a table is counted, estimated, protected and spoken of, chosen once where it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corrtest.analysis.designs.design import Block, Caution, Design
from corrtest.analysis.designs.one_arm import ONE_ARM
from corrtest.analysis.designs.paired import PAIRED
from corrtest.analysis.designs.unpaired import UNPAIRED
from corrtest.analysis.tables import Counts
from corrtest.errors import AnalysisError, nearest
from corrtest.language import say

__all__ = ["DESIGNS", "ONE_ARM", "PAIRED", "UNPAIRED", "Block", "Caution", "Design", "design_named", "design_of"]

DESIGNS: Mapping[str, Design[Any, Any]] = {design.name: design for design in (PAIRED, UNPAIRED, ONE_ARM)}


def design_named(name: str) -> Design[Any, Any]:
    """Return the design that a study file or a results file names.

    Raises
    ------
    AnalysisError
        There is none of that name.
    """
    if name not in DESIGNS:
        raise AnalysisError(
            say("There is no design called '{name}'. {nearest}", name=name, nearest=nearest(name, list(DESIGNS)))
        )
    return DESIGNS[name]


def design_of(counts: Counts) -> Design[Any, Any]:
    """Return the design that counts are of."""
    return DESIGNS[counts.design]
