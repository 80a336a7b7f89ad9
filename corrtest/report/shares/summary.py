"""Chapter 1: on one page what was asked of the firms, what they did, and how that stands to the standard."""

from __future__ import annotations

from typing import cast

from corrtest.analysis import ShareCounts, against_standard
from corrtest.disclosure import Release
from corrtest.language import mark
from corrtest.pages import Block, Bullets, Card, Cards, Chapter, Paragraph
from corrtest.report.overrides import override_notes
from corrtest.report.sentences import reason
from corrtest.report.shares.wording import share_name, share_text, wording_of
from corrtest.report.view import View

_CARDS = 4
# Smaller p-values are not written out.
_LEAST = 0.001
_STANDARD = {
    "above": mark("That is above the standard of {standard}: chance alone does not explain the difference ({pvalue})."),
    "below": mark("That is below the standard of {standard}: chance alone does not explain the difference ({pvalue})."),
    "not_settled": mark(
        "The standard of {standard} lies inside the interval: this measurement does not tell whether the sector "
        "meets it "
        "({pvalue})."
    ),
}


def summary(view: View) -> Chapter:
    """Return the summary."""
    words = view.words
    leading = [release for criterion in view.criteria for release in view.headline(criterion, view.main_outcome)]
    blocks: list[Block] = [
        Paragraph(text=_done(view), role="lead"),
        *override_notes(words, [view.releases]),
        Cards(cards=tuple(_card(view, release) for release in leading[:_CARDS])),
        *(Paragraph(text=finding(view, release), role="finding") for release in leading),
        Bullets(
            items=(
                words.text(
                    "The results hold for the sector as a whole. They say nothing about any one employer, and nothing "
                    "may be derived from them about one."
                ),
                words.text(
                    "A firm that goes along on the telephone has not discriminated against anybody yet: measured is "
                    "what it says to a client, not whom it sends."
                ),
            )
        ),
    ]
    return Chapter(name="summary", title=words.text("Summary"), blocks=tuple(blocks))


def _done(view: View) -> str:
    words, plan = view.words, view.releases.plan
    calls = view.releases.study.get("client_calls") or {}
    wishes = words.several([words.name("level", name) for name in calls.get("wishes") or ()])
    frame = (plan.get("frame") or {}).get("all")
    if not calls or not frame or not plan.get("firms"):
        return words.text("Measured is a share of answers; there is no control group to compare it with.")
    return words.text(
        "{called} of the {frame} firms of the sector were called by {wishes}. What did they answer?",
        called=words.number(plan["firms"], 0),
        frame=words.number(frame, 0),
        wishes=wishes,
    )


def finding(view: View, release: Release) -> str:
    """Return the sentence on one release: the share, its interval, and how it stands to the standard."""
    words, wording = view.words, wording_of(view)
    if release.counts is None:
        return words.text("{label}: not shown. {reason}", label=_label(view, release), reason=_reason(view, release))
    counted = release.counts.treated_applications - release.counts.any_positive
    counted = counted if wording.of_others else release.counts.any_positive
    text = words.text(
        "{label} – {share}: {counted} of {rows} calls that reached somebody, that is {figure}.",
        label=_label(view, release),
        counted=words.number(counted, 0),
        rows=words.number(release.counts.treated_applications, 0),
        share=share_name(view, release.outcome),
        figure=share_text(words, release, wording.statistic),
    )
    standard = (view.releases.study.get("client_calls") or {}).get("standard")
    if standard is None:
        return text
    found = against_standard(
        cast(ShareCounts, release.counts),
        float(standard),
        of_others=wording.of_others,
        design_effect=release.design_effect,
        noise_variance=release.noise_variance,
    )
    if found.kind not in _STANDARD or found.pvalue is None:
        return text
    least = words.number(_LEAST, 3)
    pvalue = f"p = {words.number(found.pvalue, 3)}" if found.pvalue >= _LEAST else f"p < {least}"
    return text + " " + words.text(_STANDARD[found.kind], standard=words.percent(float(standard)), pvalue=pvalue)


def _card(view: View, release: Release) -> Card:
    words, wording = view.words, wording_of(view)
    found = release.estimate(wording.statistic)
    shown = found is not None and found.value is not None
    interval = ""
    if found is not None and found.lower is not None and found.upper is not None:
        interval = words.text(
            "interval {interval}",
            interval=words.text(
                "{lower} to {upper}", lower=words.percent(found.lower), upper=words.percent(found.upper)
            ),
        )
    return Card(
        title=_label(view, release),
        figure=words.percent(found.value) if shown and found is not None else "–",
        caption=share_name(view, release.outcome),
        text=interval if shown else _reason(view, release),
    )


def _label(view: View, release: Release) -> str:
    return view.label(release, with_criterion=True)


def _reason(view: View, release: Release) -> str:
    return reason(release.suppression, view.words) if release.suppression is not None else ""
