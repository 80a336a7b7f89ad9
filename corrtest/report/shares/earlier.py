"""Chapter 4: earlier campaigns of others, from their public counts: what they covered, and what they can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from corrtest.analysis import ShareCounts, against_standard, normal_quantile, share_limits
from corrtest.language import mark
from corrtest.pages import Block, Bullets, Cell, Chapter, Column, Heading, Paragraph, Table
from corrtest.report.view import View

_CANNOT: Mapping[str, str] = {
    "control_calls": mark(
        "There was no control call: what a firm would have answered another client is not known, so that the "
        "share cannot "
        "be read as unequal treatment."
    ),
    "announced": mark("The campaign was announced: firms may have answered more carefully than they usually do."),
    "firms": mark("How many firms there are in all is not public, so that its coverage is not known."),
    "per_firm": mark(
        "How many calls each firm got is not public: the interval takes every call for a firm of its own, and is too "
        "narrow if firms were called more often."
    ),
    "drawn": mark("How the firms were chosen is not public, so that the share need not hold for the others."),
}

_STANDARD: Mapping[str, str] = {
    "above": mark("That is above the standard of {standard}, as far as a lot decides."),
    "below": mark("That is below the standard of {standard}, as far as a lot decides."),
}


def earlier(view: View) -> Chapter | None:
    """Return the chapter on earlier campaigns; None where the study puts none beside its own."""
    words = view.words
    campaigns = (view.releases.study.get("client_calls") or {}).get("earlier") or ()
    if not campaigns:
        return None
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "These counts were made public by others; they were not measured here. The interval is what a "
                "lot would "
                "give: it holds only where the firms were drawn by lot."
            )
        ),
        _table(view, campaigns),
    ]
    for campaign in campaigns:
        blocks += [
            Heading(text=str(campaign["name"])),
            Paragraph(text=_sentence(view, campaign)),
            Bullets(items=_limits(view, campaign)),
        ]
    return Chapter(name="earlier", title=words.text("Earlier campaigns of others"), blocks=tuple(blocks))


def limits_of(campaign: Mapping[str, Any], level: float = 0.95) -> tuple[float, float, float]:
    """Return the share that did not go along, with its limits, from public counts and the finite population."""
    calls, other = int(campaign["calls"]), int(campaign["calls"]) - int(campaign["went_along"])
    firms, frame = campaign.get("firms_called"), campaign.get("firms_in_sector")
    several = calls / firms if firms else 1.0
    finite = max(0.0, 1 - (firms or calls) / frame) if frame else 1.0
    # Nothing is known of how alike a firm's calls were answered: at worst they are one answer.
    found = share_limits(
        np.array([float(other)]),
        np.array([float(calls)]),
        np.array([several * finite]),
        np.array([normal_quantile(level)]),
    )
    return tuple(float(part[0]) for part in found)  # type: ignore[return-value]


def _table(view: View, campaigns: Any) -> Table:
    words = view.words
    rows = []
    for each in campaigns:
        share, lower, upper = limits_of(each)
        firms, frame = each.get("firms_called"), each.get("firms_in_sector")
        covered = words.percent(firms / frame) if firms and frame else words.text("not public")
        interval = words.text("{lower} to {upper}", lower=words.percent(lower), upper=words.percent(upper))
        rows.append(
            (
                Cell(text=str(each["name"])),
                Cell(text=words.number(each["calls"], 0), value=each["calls"]),
                Cell(text=covered, value=firms / frame if firms and frame else None),
                Cell(text=f"{words.percent(share)} ({interval})", value=share),
            )
        )
    return Table(
        name="earlier",
        caption=words.text("Earlier campaigns, from their public counts"),
        columns=(
            Column(header=words.text("Campaign")),
            Column(header=words.text("Calls"), numeric=True),
            Column(header=words.text("Share of the firms"), numeric=True),
            Column(header=words.text("Does not go along"), numeric=True),
        ),
        rows=tuple(rows),
    )


def _sentence(view: View, campaign: Mapping[str, Any]) -> str:
    words = view.words
    calls, along = int(campaign["calls"]), int(campaign["went_along"])
    text = words.text(
        "{along} of {calls} calls went along with the client. Source: {source}.",
        along=words.number(along, 0),
        calls=words.number(calls, 0),
        source=str(campaign["source"]),
    )
    standard = (view.releases.study.get("client_calls") or {}).get("standard")
    if standard is None:
        return text
    firms, frame = campaign.get("firms_called"), campaign.get("firms_in_sector")
    effect = (calls / firms if firms else 1.0) * (max(0.0, 1 - (firms or calls) / frame) if frame else 1.0)
    counts = ShareCounts(positive=along, other=calls - along)
    found = against_standard(counts, float(standard), of_others=True, design_effect=effect)
    rest = mark("It does not tell whether the standard of {standard} is met.")
    return text + " " + words.text(_STANDARD.get(found.kind, rest), standard=words.percent(float(standard)))


def _limits(view: View, campaign: Mapping[str, Any]) -> tuple[str, ...]:
    missing = []
    if not campaign.get("control_calls"):
        missing.append("control_calls")
    if campaign.get("announced"):
        missing.append("announced")
    if not campaign.get("firms_in_sector"):
        missing.append("firms")
    if not campaign.get("firms_called"):
        missing.append("per_firm")
    if not campaign.get("drawn_by_lot"):
        missing.append("drawn")
    said = tuple(view.words.text(_CANNOT[name]) for name in missing)
    return said or (view.words.text("Its public counts say all that is needed to weigh it."),)
