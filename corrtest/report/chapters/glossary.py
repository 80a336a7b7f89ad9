"""Chapter 12: the words of the report, one sentence each."""

from __future__ import annotations

from corrtest.language import mark
from corrtest.pages import Cell, Chapter, Column, Table
from corrtest.report.view import View

# Word → what it means, in the order in which a reader meets them; the words are those of every document.
_TERMS: tuple[tuple[str, str], ...] = (
    (
        mark("Correspondence test"),
        mark("Fictitious applications to a real vacancy, to see how the employer reacts to each candidate."),
    ),
    (
        mark("Joint committee"),
        mark("The body of employers and unions to which an employer belongs; its number says which trade it is."),
    ),
    (mark("Criterion"), mark("The ground that is tested: origin, age, disability or another one.")),
    (
        mark("Signal"),
        mark("What tells the criterion in an application: a name, an age, a sentence about a disability."),
    ),
    (mark("Treated candidate"), mark("The fictitious candidate who carries the signal.")),
    (mark("Control candidate"), mark("The fictitious candidate who is equivalent and does not carry the signal.")),
    (
        mark("Positive reaction, strict"),
        mark("An invitation to an interview."),
    ),
    (
        mark("Positive reaction, broad"),
        mark("Every reaction that takes the candidate further, such as an invitation or a question to call back."),
    ),
    (
        mark("Ratio"),
        mark(
            "Share of treated candidates with a positive reaction divided by that of control candidates. Below 1 the "
            "treated candidates are at a disadvantage."
        ),
    ),
    (
        mark("Interval"),
        mark("The values that fit what was measured; the truth may lie anywhere in it. More tests make it narrower."),
    ),
    (
        mark("Chance"),
        mark("With other vacancies the figures would have been a little different; the interval says how much."),
    ),
    (
        mark("p-value"),
        mark("How often chance alone would give a difference at least this large if candidates were treated alike."),
    ),
    (
        mark("Adjusted p-value"),
        mark("A p-value made stricter because several results are tested, one of which might stand out by chance."),
    ),
    (
        mark("Shrunken ratio"),
        mark("The ratio of a committee, drawn towards the mean of the sector as far as it rests on few reactions."),
    ),
    (
        mark("Cap per employer"),
        mark("The most tests that one employer may get, in all and in any period of some weeks."),
    ),
    (
        mark("Preregistered"),
        mark("Written down before the first application went out, so that nobody could choose by what came out."),
    ),
    (
        mark("Not shown"),
        mark("Hidden because the figure, alone or with others, could tell what a single employer answered."),
    ),
    (
        mark("Baseline and follow-up"),
        mark("The first measurement of a sector, and the one after its actions that shows whether something changed."),
    ),
)
_OF_PAIRS: tuple[tuple[str, str], ...] = (
    (
        mark("Pair"),
        mark("Two applications to one vacancy: one of the control candidate, one of the treated candidate."),
    ),
    (
        mark("Net discrimination rate"),
        mark(
            "Among the pairs with a positive reaction: how often only the control candidate got one, less how often "
            "only the treated candidate did."
        ),
    ),
)


def glossary(view: View) -> Chapter:
    """Return the words of the report that a reader may not know."""
    words = view.words
    terms = _TERMS if view.unpaired else (*_TERMS[:6], *_OF_PAIRS, *_TERMS[6:])
    table = Table(
        name="glossary",
        caption=words.text("Words of this report"),
        columns=(Column(header=words.text("Word")), Column(header=words.text("What it means"))),
        rows=tuple((Cell(text=words.text(term)), Cell(text=words.text(meaning))) for term, meaning in terms),
    )
    return Chapter(name="glossary", title=words.text("Words of this report"), blocks=(table,))
