"""The report of a study without a comparison: shares of calls or of answers, with a standard where there is one.

=============  ================================================================
wording        what an instrument calls its answers, and which share leads
summary        one page: what was done, the share, the standard
method         how firms were drawn and called
results        the shares by wish, committee and further columns
earlier        an earlier campaign of others, from its public counts
limits         what this cannot say, and what may not be shown
=============  ================================================================
"""

from __future__ import annotations

from collections.abc import Callable

from corrtest.pages import Chapter
from corrtest.report.chapters.reproducibility import reproducibility
from corrtest.report.shares.earlier import earlier
from corrtest.report.shares.limits import limits
from corrtest.report.shares.method import method
from corrtest.report.shares.results import results
from corrtest.report.shares.summary import summary
from corrtest.report.view import View

CHAPTERS: tuple[Callable[[View], Chapter | None], ...] = (summary, method, results, earlier, limits, reproducibility)

__all__ = ["CHAPTERS"]
