"""Chapter 5: what these figures cannot say, and what may not be shown."""

from __future__ import annotations

from corrtest.disclosure import COALITION
from corrtest.pages import Block, Bullets, Chapter, Heading, Paragraph
from corrtest.report.chapters.limits import not_shown
from corrtest.report.shares.wording import wording_of
from corrtest.report.view import View


def limits(view: View) -> Chapter:
    """Return limits and hidden cells."""
    words = view.words
    said = [words.text("A wide interval means that the measurement could not tell, not that there is nothing to see.")]
    if wording_of(view).of_others:
        said = [
            words.text(
                "There is no control call: a firm that evades may do so with any client. The share says how "
                "firms answer "
                "this wish, not how much more often than another one."
            ),
            words.text(
                "What a firm says on the telephone may differ from what it does; nobody was placed or turned away."
            ),
            words.text(
                "Firms that were told that calls would come may have answered more carefully than they usually do."
            ),
            words.text("The wish is one example, in one wording. Another wording or ground may give another share."),
            *said,
        ]
    blocks: list[Block] = [Bullets(items=tuple(said)), Heading(text=words.text("What may not be shown"))]
    blocks += not_shown(view)
    if view.releases.policy.protection == COALITION:
        blocks.append(
            Paragraph(
                text=words.text(
                    "Protected is an answer that goes along. Where more than about {most} of the answers of a group go "
                    "along, the group is hidden: the reader would be nearly sure of each firm.",
                    most=words.percent(view.releases.policy.most_alike * (1 - view.releases.policy.coalition_share)),
                )
            )
        )
    return Chapter(name="limits", title=words.text("Limits"), blocks=tuple(blocks))
