"""The verb policy: the rules of disclosure control."""

from __future__ import annotations

from corrtest.cli.output import show


def policy() -> None:
    """Print the default disclosure policy, with what each figure means; save it and change it for --policy."""
    from corrtest.disclosure import default_policy_text

    show(default_policy_text().rstrip())
