"""Chapter 2: how firms were drawn and called, and what counts as what."""

from __future__ import annotations

from corrtest.pages import Block, Bullets, Chapter, Facts, Heading, Paragraph
from corrtest.report.shares.wording import wording_of
from corrtest.report.view import View


def method(view: View) -> Chapter:
    """Return the method."""
    words, study, plan = view.words, view.releases.study, view.releases.plan
    calls = study.get("client_calls") or {}
    frame = plan.get("frame") or {}
    facts: list[tuple[str, str]] = []
    if frame.get("all"):
        facts.append((words.text("Firms in the frame"), words.number(frame["all"], 0)))
    if plan.get("firms"):
        facts.append((words.text("Firms drawn"), words.number(plan["firms"], 0)))
    if calls:
        facts.append((words.text("Calls to a firm"), words.number(calls.get("calls_per_firm") or 1, 0)))
        facts.append((words.text("How they were drawn"), _draw(view)))
        if calls.get("callers"):
            facts.append((words.text("Callers"), words.number(calls["callers"], 0)))
    for name, label in (
        ("ethics_reference", words.text("Ethics committee")),
        ("authorised_by", words.text("Authorised by")),
    ):
        if study.get(name):
            facts.append((label, str(study[name])))
    if study.get("employers_informed_on"):
        facts.append((words.text("Employers informed on"), words.date(study["employers_informed_on"])))
    reached = list((view.releases.fieldwork or {}).get("strata") or ())
    blocks: list[Block] = [Paragraph(text=_what(view)), Facts(rows=tuple(facts))]
    if calls:
        blocks += [Heading(text=words.text("What counts as what")), Bullets(items=_answers(view))]
    blocks += [Heading(text=words.text("How sure it is")), Paragraph(text=_interval(view))]
    if reached:
        blocks.append(
            Paragraph(
                text=words.text(
                    "Calls planned and made: {planned} and {made}. Firms of which nobody could be reached are in no "
                    "figure; they may differ from the others.",
                    planned=words.number(
                        sum(sum(v for v in each.values() if isinstance(v, int)) for each in reached), 0
                    ),
                    made=words.number(sum(int(each.get("complete") or 0) for each in reached), 0),
                )
            )
        )
    return Chapter(name="method", title=words.text("Method"), blocks=tuple(blocks))


def _what(view: View) -> str:
    words = view.words
    if not wording_of(view).of_others:
        return words.text("Answers were counted as they were given; there is no control group to compare them with.")
    return words.text(
        "A trained caller posed as a client, followed a fixed script, said the discriminating wish once, and let "
        "the firm "
        "answer. Nobody was named, and a request that a firm took on was called off within a day."
    )


def _draw(view: View) -> str:
    words, calls = view.words, view.releases.study.get("client_calls") or {}
    if calls.get("firms") is None:
        return words.text("every firm of the frame")
    if calls.get("draw") == "size":
        return words.text(
            "the more employees, the greater the chance: the share is one of employees' firms, not of firms"
        )
    return words.text("by lot, each firm with the same chance")


def _answers(view: View) -> tuple[str, ...]:
    words = view.words
    return (
        words.text("Refuses: the firm says that it does not take such a wish on."),
        words.text(
            "Evades: it puts off, sends elsewhere or answers beside the question; it neither refuses nor agrees."
        ),
        words.text("Goes along: it agrees, or lets it be understood that it will do as the client wishes."),
        words.text(
            "{share} counts refusals and evasions together; {broad} counts refusals alone. Chapter 3 has both.",
            share=words.text("Does not go along with the wish"),
            broad=words.text("Refuses the wish in plain words"),
        ),
    )


def _interval(view: View) -> str:
    words = view.words
    frame = (view.releases.plan.get("frame") or {}).get("all")
    text = words.text(
        "Intervals are Wilson's at the effective number of calls: several calls to a firm count for less than "
        "calls to as "
        "many firms."
    )
    if not frame:
        return text
    return (
        text
        + " "
        + words.text(
            "Since a good part of all {frame} firms was called, the interval is narrower than that of a sample from a "
            "large population (finite-population correction). It does not hold how a firm would answer on another day "
            "or to another caller.",
            frame=words.number(frame, 0),
        )
    )
