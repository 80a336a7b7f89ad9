"""Chapter 10: what this measurement cannot say, and what may not be shown, with the reason for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corrtest.design import unrated_sentence
from corrtest.disclosure import COALITION, Release
from corrtest.pages import Block, Bullets, Cell, Chapter, Column, Heading, Paragraph, Table
from corrtest.report.sentences import reason
from corrtest.report.view import View

# Rules that a result breaks by the number of its tests, which the plan tells.
_BY_PLAN = frozenset({"min_pairs", "min_employers", "min_vacancies", "min_applications", "min_arm_employers"})


def limits(view: View) -> Chapter:
    """Return limits and hidden cells."""
    words = view.words
    blocks: list[Block] = [
        Bullets(
            items=(
                words.text(
                    "Only the first step was measured: the reaction to an application. Interviews, pay, "
                    "promotion and the treatment at work were not."
                ),
                words.text("Only vacancies that take written applications could be tested."),
                words.text(
                    "The result is an average over vacancies. It says nothing about one employer, and does not "
                    "tell why employers answered as they did."
                ),
                words.text(
                    "A wide interval means that the measurement could not tell, not that there is nothing to see."
                ),
                words.text(
                    "The signals are examples: another name, age or disability might give another ratio. A name "
                    "also carries class and religion."
                ),
                *filter(None, [unrated_sentence(view.releases.study.get("signals") or {}, words)]),
                words.text(
                    "Where several results are read at once, some will stand out by chance; look for what "
                    "returns in both outcomes and in several levels."
                ),
                *_length_balance(view),
            )
        ),
        Heading(text=words.text("What may not be shown")),
        Paragraph(text=_policy(view)),
    ]
    if not view.releases.policy.exact:
        blocks.append(Paragraph(text=_noise(view)))
    elif view.releases.policy.protection == COALITION:
        blocks.append(Paragraph(text=_coalition(view)))
    if view.releases.unit == "vacancy":
        blocks.append(
            Paragraph(
                text=words.text(
                    "These data do not say which employer placed a vacancy, so the rule on employers cannot be "
                    "applied. Each vacancy is protected in its place: a cell needs at least {least} vacancies. "
                    "If one employer placed many of them, that protects it less.",
                    least=view.releases.policy.min_employers,
                )
            )
        )
    blocks += not_shown(view)
    return Chapter(name="limits", title=words.text("Limits, and what is not shown"), blocks=tuple(blocks))


def _length_balance(view: View) -> tuple[str, ...]:
    """Return what the audit of the documents says of their length, where there was one."""
    words, found = view.words, view.releases.study.get("length_balance")
    if not found:
        return ()
    facts = {
        "measure": words.name("length", found["measure"]),
        "difference": words.number(found["difference"]),
        "limit": words.number(found["limit"]),
    }
    if found["difference"] <= found["limit"]:
        return (
            words.text(
                "The documents of both candidates were equally long: over the study no measure of length differs by "
                "more than {difference} standard deviations ({measure}; {limit} was allowed).",
                **facts,
            ),
        )
    return (
        words.text(
            "The documents of the two candidates were not equally long: over the study they differ by {difference} "
            "standard deviations ({measure}; {limit} was allowed). Part of a difference in reactions may come from "
            "that.",
            **facts,
        ),
    )


def _policy(view: View) -> str:
    words, policy = view.words, view.releases.policy
    facts = {
        "pairs": policy.min_pairs,
        "employers": policy.min_employers,
        "share": words.percent(policy.largest_share),
        "number": policy.together,
        "together": words.percent(policy.together_share),
    }
    if view.unpaired:
        return words.text(
            "No firm is named and none may be recognised. A result is shown only when it rests on at least {pairs} "
            "applications and {employers} employers for each of the two groups, when no employer has more than {share} "
            "of it and the {number} largest together no more than {together}, and when not all employers answered "
            "alike. Further results are hidden where a reader could otherwise work out a hidden one by subtraction.",
            **facts,
        )
    return words.text(
        "No firm is named and none may be recognised. A result is shown only when it rests on at least {pairs} "
        "pairs and {employers} employers, when no employer has more than {share} of its pairs and the {number} largest "
        "together no more than {together}, and when not all employers answered alike. Further results are hidden "
        "where a reader could otherwise work out a hidden one by subtraction.",
        **facts,
    )


def _coalition(view: View) -> str:
    words, policy = view.words, view.releases.policy
    return words.text(
        "Counts are exact. They are protected against employers who put their own answers together, know every "
        "vacancy and have every earlier report of this study: whichever {employers} employers do so, or whoever "
        "together has up to {share} of a result's tests, at least {outside} other employers stand behind every result "
        "that is shown or can be worked out, and no one outcome makes up more than {alike} of theirs. Tests in which "
        "nobody got a positive reaction are not held to be sensitive. Who knows from elsewhere how an employer "
        "answered one candidate may learn more.",
        employers=policy.coalition_employers,
        share=words.percent(policy.coalition_share),
        outside=policy.outside_employers,
        alike=words.percent(policy.most_alike),
    )


def _noise(view: View) -> str:
    words = view.words
    measured = [release for release in view.releases if release.deviations]
    whole = [
        release for release in measured if not (release.joint_committee or release.level or any(release.extra.values()))
    ]
    return words.text(
        "Counts leave with noise, so that even someone who knows the answers of all other employers cannot be sure "
        "of the last one: from even odds such a reader gets to {certainty} at most, from all tables and outcomes "
        "together. The protection is spent on totals first, whose noise does not grow with the number of committees: "
        "the counts of a total have a standard deviation of at most {total} from it, those of other results of at "
        "most {most}. All tables add up, and no count is below zero. Ratios follow from the published counts, and "
        "their intervals are widened.",
        certainty=words.percent(view.releases.policy.certainty),
        total=words.number(_largest(whole), 1),
        most=words.number(_largest(measured), 1),
    )


def _largest(releases: Sequence[Release]) -> float:
    return max((max((release.deviations or {}).values()) for release in releases), default=0.0)


def not_shown(view: View) -> list[Block]:
    """Return the results of this report that are not shown, with the reason; those too small by plan only as a number.

    A committee's levels stand in no table of the report, and are left out here as well.
    """
    words = view.words
    printed = [
        release
        for release in view.releases.hidden
        if not (release.joint_committee and release.level and len(view.committees) > 1)
    ]
    if not printed:
        return [Paragraph(text=words.text("No result is hidden."))]
    small: dict[str, set[str]] = {}
    # A result that is hidden for both outcomes by the same rule is one row.
    found: dict[tuple[str, str], list[str]] = {}
    for release in printed:
        assert release.suppression is not None
        label, why = view.label(release, with_criterion=True), reason(release.suppression, words)
        if release.suppression.rule in _BY_PLAN:
            small.setdefault(why, set()).add(label)
        else:
            found.setdefault((label, why), []).append(words.name("outcome_short", release.outcome))
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "Too small by plan, whatever the reactions were: {count} results. {reason}",
                count=words.number(len(labels), 0),
                reason=why,
            )
        )
        for why, labels in small.items()
    ]
    if found:
        blocks.append(_hidden_table(view, found))
    return blocks


def _hidden_table(view: View, found: Mapping[tuple[str, str], Sequence[str]]) -> Table:
    words = view.words
    return Table(
        name="hidden",
        caption=words.text("Results that are not shown, and why"),
        columns=(
            Column(header=words.text("Result")),
            Column(header=words.text("Outcome")),
            Column(header=words.text("Reason")),
        ),
        rows=tuple(
            (Cell(text=label), Cell(text=words.several(outcomes)), Cell(text=why))
            for (label, why), outcomes in found.items()
        ),
    )
