"""What may leave over all sectors when some keep their results to themselves, as commented data (`sectors.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from corrtest.disclosure.policy import Policy, default_policy

_FILE = "sectors.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorPolicy:
    """The figures of `sectors.toml`.

    Attributes
    ----------
    together : int
        Fewest withholding sectors behind whatever can be computed of them.
    largest_share, remainder_share : float
        What the largest may hold of such a sum's pairs; what must be left without the two largest.
    open_share : float
        The width that every count of a withholding sector keeps, as a share of its pairs.
    least, beside : int
        Fewest sectors without figures in a table; how many of them do not withhold.
    """

    together: int
    largest_share: float
    remainder_share: float
    open_share: float
    least: int
    beside: int

    def of_sets(self) -> Policy:
        """Return the rules for sets of pairs with a sector in the place of an employer: one of them is a coalition."""
        return replace(
            default_policy(),
            coalition_employers=1,
            coalition_share=0.0,
            outside_employers=self.together - 1,
            min_employers=self.together,
            largest_share=self.largest_share,
            together_share=1.0,
            remainder_share=self.remainder_share,
            source=_FILE,
        )


@cache
def sector_policy() -> SectorPolicy:
    """Return the policy that is shipped with corrtest."""
    content = tomllib.loads(resources.files("corrtest.disclosure").joinpath(_FILE).read_text(encoding="utf-8"))
    together, rows = content["together"], content["rows"]
    return SectorPolicy(
        together=together["sectors"],
        largest_share=together["largest_share"],
        remainder_share=together["remainder_share"],
        open_share=content["open"]["share"],
        least=rows["least"],
        beside=rows["beside"],
    )
