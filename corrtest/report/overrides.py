"""What the first page says where figures left under a laxer policy than the default one."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.disclosure import QuestionnaireRelease, ReleaseSet
from corrtest.pages import Catalogue, Paragraph


def override_notes(words: Catalogue, sets: Sequence[ReleaseSet | QuestionnaireRelease]) -> tuple[Paragraph, ...]:
    """Return one paragraph for each set of releases that somebody's override let out, none where there was none."""
    return tuple(
        Paragraph(
            text=words.text(
                "These figures left under a laxer disclosure policy than the default one (laxer in: {figures}). "
                "{by} allowed it, for this reason: {reason}",
                figures=", ".join(words.name("policy", name) for name in each.override.laxer),
                by=each.override.by,
                reason=each.override.reason,
            ),
            role="lead",
        )
        for each in sets
        if each.override is not None
    )
