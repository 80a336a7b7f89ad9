"""Chapter 9: what the sector can do next, tied to what was found, with fields to fill in."""

from __future__ import annotations

from corrtest.disclosure import Release
from corrtest.pages import Block, Bullets, Chapter, Fields, Heading, Paragraph
from corrtest.report.view import View


def action_plan(view: View) -> Chapter:
    """Return the action-plan chapter."""
    words = view.words
    blocks: list[Block] = [
        Paragraph(
            text=words.text(
                "A measurement is a starting point. Below, each criterion has what the result suggests and "
                "fields to fill in: who does what, by when, and how the sector will see whether it worked."
            )
        )
    ]
    for criterion in view.criteria:
        title = words.title("criterion", criterion)
        blocks.append(Heading(text=title))
        releases = view.headline(criterion, view.main_outcome)
        blocks.append(Bullets(items=tuple(dict.fromkeys(_suggestion(view, release) for release in releases))))
        blocks.append(
            Fields(
                rows=(
                    (words.text("Goal"), words.text("What should be different at the follow-up measurement?")),
                    (words.text("Action"), words.text("Which step in recruitment does it change?")),
                    (words.text("Who"), words.text("Who is responsible, who helps?")),
                    (words.text("By when"), words.text("A date.")),
                    (words.text("How do we see that it worked?"), words.text("A figure and the chapter it stands in.")),
                )
            )
        )
    return Chapter(name="action", title=words.text("What the sector can do next"), blocks=tuple(blocks))


def _suggestion(view: View, release: Release) -> str:
    words = view.words
    ratio = release.estimate("discrimination_ratio")
    if ratio is None or ratio.value is None:
        return words.text(
            "No figure can be shown. Plan more tests at the follow-up measurement before drawing conclusions."
        )
    if ratio.upper is not None and ratio.upper < 1:
        return words.text(
            "A disadvantage is likely. Look first at the first selection: who reads applications, on what, and "
            "whether name, age or other irrelevant details can be left out; then train those who select, and "
            "measure again."
        )
    if ratio.lower is not None and ratio.lower > 1:
        return words.text(
            "Treated candidates were at an advantage here. Find out in which occupations, and whether the "
            "control candidates miss out for a reason that has nothing to do with the job."
        )
    return words.text(
        "The measurement could not tell. Keep to good practice, and plan enough tests at the follow-up "
        "measurement: chapter 4 says what this number of tests can show."
    )
