"""Design: from a study and its vacancies to a frozen plan.

`substreams` gives every random choice its own generator.
"""

from __future__ import annotations

from corrtest.design.substreams import substream

__all__ = ["substream"]
