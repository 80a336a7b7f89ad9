"""The names of statistics and of methods in the languages of reports, from wherever each is defined."""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.analysis.designs import DESIGNS
from corrtest.analysis.designs.robust import LABELS as ROBUST
from corrtest.analysis.models.adjusted import LABEL as ADJUSTED
from corrtest.analysis.models.adjusted import METHOD as ADJUSTED_METHOD
from corrtest.analysis.statistics import Label

_STATISTICS = [statistic for design in DESIGNS.values() for statistic in design.statistics.values()]

STATISTIC_LABELS: Mapping[str, Label] = {statistic.name: statistic.label for statistic in _STATISTICS}
METHOD_LABELS: Mapping[str, Label] = {
    **{name: method.label for statistic in _STATISTICS for name, method in statistic.methods.items()},
    **ROBUST,
    ADJUSTED_METHOD: ADJUSTED,
}
# As a catalogue of words takes them: kind → key → language → name.
LABELS: Mapping[str, Mapping[str, Label]] = {"estimate": STATISTIC_LABELS, "method": METHOD_LABELS}
