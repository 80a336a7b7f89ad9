"""Plots of results: forest, agreement, raw and shrunken, comparison; their colours stay apart in greyscale.

They are written in the user's language, with the names of criteria, levels and committees instead of their codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from corrtest.analysis.comparing import Comparisons
from corrtest.analysis.designs import design_of
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.handling import handling_sentence
from corrtest.analysis.labels import STATISTIC_LABELS
from corrtest.analysis.pooling import StrataResult
from corrtest.analysis.results import Results
from corrtest.errors import AnalysisError
from corrtest.language import current, say, say_n
from corrtest.pages import Catalogue, catalogue
from corrtest.spec import written_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHADES = ("#0072B2", "#E69F00", "#56B4E9", "#D9D9D9")
# Letters of a committee's name beside a plot.
_FITS = 40


def forest_plot(
    results: Results | Sequence[GroupResult], name: str = "discrimination_ratio", ax: Axes | None = None
) -> Axes:
    """Draw one estimate per group with its interval; ratios on a log axis, with the line of equal treatment.

    Groups in which the estimate is undefined are listed without a mark.

    Raises
    ------
    AnalysisError
        No group has an estimate of that name.
    """
    from matplotlib import pyplot  # noqa: PLC0415 - slow to import, and only plots need it

    groups = results.groups if isinstance(results, Results) else results
    rows = [(group, group.estimate(name)) for group in groups if any(e.name == name for e in group.estimates)]
    if not rows:
        raise AnalysisError(say("No group has an estimate called '{name}'.", name=name))
    statistic = design_of(rows[0][0].counts).statistics[name]
    if ax is None:
        _, ax = pyplot.subplots(figsize=(7, 0.8 + 0.32 * len(rows)), layout="constrained")
    labels = []
    for place, (group, estimate) in enumerate(reversed(rows)):
        labels.append(f"{_named(group.key)} ({group.pairs})")
        value = estimate.value
        if value is None or (value <= 0 and statistic.ratio):
            continue
        if estimate.lower is not None and estimate.upper is not None:
            ax.plot([max(estimate.lower, 1e-6), estimate.upper], [place, place], color=_SHADES[0], linewidth=1.6)
        ax.plot([value], [place], marker="s", color=_SHADES[0], markersize=5)
    ax.set_yticks(range(len(labels)), labels)
    if statistic.ratio:
        ax.set_xscale("log")
    ax.axvline(statistic.null, color="0.4", linewidth=0.8, linestyle="--")
    ax.set_xlabel(written_label(statistic.label, name, current()))
    return _marked(ax, simulated=isinstance(results, Results) and results.simulated)


def agreement_plot(group: GroupResult, ax: Axes | None = None) -> Axes:
    """Draw the agreement plot of the R package `callback`: one bar of all pairs, cut into the four kinds.

    An unpaired group has a bar for each arm instead, cut into positive and other.
    """
    from matplotlib import pyplot  # noqa: PLC0415 - slow to import, and only plots need it

    if ax is None:
        _, ax = pyplot.subplots(figsize=(7, 1.6), layout="constrained")
    blocks, counts = design_of(group.counts).blocks, group.counts.as_dict()
    sizes = [sum(counts[cell] for cell in block.cells) for block in blocks]
    for place, (block, size) in enumerate(zip(blocks, sizes, strict=True)):
        left = 0.0
        for cell, shade in zip(block.cells, _SHADES if len(block.cells) > 2 else _SHADES[::3], strict=True):
            share = counts[cell] / max(size, 1)
            ax.barh([place], [share], left=left, color=shade, label=f"{_cell_names()[cell]} ({counts[cell]})")
            left += share
    if len(blocks) == 1:
        ax.set_yticks([])
    else:
        names = [f"{_arm_names()[block.name]} ({size})" for block, size in zip(blocks, sizes, strict=True)]
        ax.set_yticks(range(len(blocks)), names)
    of_pairs = len(blocks) == 1
    ax.set_xlabel(
        say("share of {pairs}", pairs=say_n("{count} pair", "{count} pairs", group.pairs))
        if of_pairs
        else say("share of the applications")
    )
    ax.set_xlim(0, 1)
    ax.legend(ncols=4, loc="upper center", bbox_to_anchor=(0.5, 1.5), frameon=False, fontsize="small")
    return _marked(ax)


def comparison_plot(result: Comparisons, ax: Axes | None = None) -> Axes:
    """Draw both ratios of every comparison on one line, open the first, filled the second."""
    from matplotlib import pyplot  # noqa: PLC0415 - slow to import, and only plots need it

    rows = [row for row in result.comparisons if row.first_ratio and row.second_ratio][::-1]
    if not rows:
        raise AnalysisError(say("No comparison has both ratios."))
    if ax is None:
        _, ax = pyplot.subplots(figsize=(7, 1.0 + 0.36 * len(rows)), layout="constrained")
    places = range(len(rows))
    first, second = [row.first_ratio or 1.0 for row in rows], [row.second_ratio or 1.0 for row in rows]
    ax.hlines(places, first, second, color="0.7", linewidth=1.2)
    ax.plot(first, places, "o", color="black", markerfacecolor="none", markersize=6, label=say("first"))
    ax.plot(second, places, "s", color=_SHADES[0], markersize=6, label=say("second"))
    ax.axvline(1.0, color="0.4", linewidth=0.8, linestyle="--")
    labels = [" · ".join(part for part in (_named(row.key), f"{row.first} → {row.second}") if part) for row in rows]
    ax.set_yticks(places, labels)
    ax.set_xscale("log")
    ax.set_xlabel(written_label(STATISTIC_LABELS["discrimination_ratio"], "", current()))
    ax.legend(frameon=False, fontsize="small")
    return _marked(ax)


def shrinkage_plot(result: StrataResult, ax: Axes | None = None) -> Axes:
    """Draw each stratum's ratio raw (open) and shrunken (filled, with its interval), and the pooled ratio as a line."""
    from matplotlib import pyplot  # noqa: PLC0415 - slow to import, and only plots need it

    frame = result.to_frame().iloc[::-1]
    places = range(len(frame))
    if ax is None:
        _, ax = pyplot.subplots(figsize=(7, 0.8 + 0.36 * len(frame)), layout="constrained")
    ax.hlines(places, frame["lower"], frame["upper"], color=_SHADES[0], linewidth=1.6)
    ax.plot(frame["ratio_shrunken"], places, "s", color=_SHADES[0], markersize=5, label=say("shrunken"))
    ax.plot(frame["ratio_raw"], places, "o", color="black", markerfacecolor="none", markersize=5, label=say("raw"))
    ax.axvline(result.pooled.ratio, color=_SHADES[1], linewidth=1.2, label=say("pooled"))
    ax.axvline(1.0, color="0.4", linewidth=0.8, linestyle="--")
    labels = [
        f"{_committee_named(name)} ({pairs})" for name, pairs in zip(frame["stratum"], frame["pairs"], strict=True)
    ]
    ax.set_yticks(places, labels)
    ax.set_xscale("log")
    ax.set_xlabel(written_label(STATISTIC_LABELS["discrimination_ratio"], "", current()))
    ax.legend(frameon=False, fontsize="small")
    return _marked(ax)


def _marked(ax: Axes, *, simulated: bool = False) -> Axes:
    """Write above the plot, small, who may see it."""
    ax.set_title(handling_sentence(simulated=simulated), loc="right", fontsize="xx-small")
    return ax


def _words() -> Catalogue:
    return catalogue(current(), "sentence")


def _named(key: Mapping[str, str | None]) -> str:
    """Return the names of a group's key in the user's language."""
    words = _words()
    parts = []
    for field, value in key.items():
        if value is None:
            continue
        if field == "joint_committee":
            parts.append(_committee_named(value))
        else:
            parts.append(words.name("outcome_short" if field == "outcome" else field, value))
    return " · ".join(parts)


def _committee_named(number: str) -> str:
    return _words().committee(number, _FITS)


def _cell_names() -> Mapping[str, str]:
    return {
        "both": say("both positive"),
        "control_only": say("control candidate only"),
        "treated_only": say("treated candidate only"),
        "neither": say("neither"),
        "control_positive": say("positive"),
        "control_other": say("other"),
        "treated_positive": say("positive"),
        "treated_other": say("other"),
    }


def _arm_names() -> Mapping[str, str]:
    return {"control": say("control candidates"), "treated": say("treated candidates")}
