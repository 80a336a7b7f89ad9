"""What earlier overviews over sectors showed, and who withholds: a release log of the coordinator's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corrtest.disclosure.publishing import publication
from corrtest.disclosure.releaselog import ReleaseLog
from corrtest.disclosure.side_by_side import SideBySide

_FACTS = "overview"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewLog:
    """The memory of overviews, in a folder that stays secret: it names the sectors that withhold, with their counts."""

    log: ReleaseLog

    @classmethod
    def open(cls, folder: str | Path) -> OverviewLog:
        """Open the log in `folder`, or start one there."""
        return cls(log=ReleaseLog.open(folder))

    def earlier(self) -> list[Mapping[str, Any]]:
        """Return the facts of every overview that left, oldest first."""
        return self.log.told(_FACTS)

    def withheld(self) -> frozenset[str]:
        """Return the sectors that withheld last: they do so until it is said that they no longer do."""
        earlier = self.earlier()
        return frozenset(earlier[-1]["withheld"]) if earlier else frozenset()

    @contextmanager
    def publication(self, side: SideBySide, out: str | Path) -> Iterator[Path]:
        """Give a folder to write to; its files get to `out` and the facts into the log, both or neither."""
        with publication(self.log, out) as leaving:
            yield leaving.folder
            leaving.tell({_FACTS: dict(side.facts)})
