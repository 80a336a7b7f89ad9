"""What has passed the gate: the only things that a report can print.

A `Release` or `ReleaseSet` cannot be made by hand: its constructor asks for a seal that the gate alone holds.
Python cannot make that unbreakable; it makes every road around it a deliberate act that a reviewer sees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from corrtest.analysis import PAIRED, Design, design_named
from corrtest.disclosure.policy import Override, Policy
from corrtest.errors import DisclosureError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.analysis import Counts, Estimate, PairedCounts, TestResult

_SEAL: Final = object()

# A covariance, row by row.
Noise = tuple[tuple[float, ...], ...]

# Every reason for which a cell is hidden, in words; {…} are the facts of the suppression. What a reaction decides has
# one neutral sentence: which cell hides for it, and why, would tell of the reaction.
REASONS: Final[Mapping[str, str]] = {
    "min_pairs": "Fewer than {least} pairs stand behind this cell.",
    "min_employers": "Fewer than {least} employers stand behind this cell.",
    "min_vacancies": "Fewer than {least} vacancies stand behind this cell (the employers are not known).",
    "min_applications": "Fewer than {least} applications of one of the two groups stand behind this cell.",
    "min_arm_employers": "Too few employers may stand behind one of the two groups of this cell; {least} are asked.",
    "largest_share": "One employer stands behind more than {percent} % of this cell.",
    "together_share": "The {number} largest employers together stand behind more than {percent} % of this cell.",
    "remainder_share": "Too little is left of this cell beside its two largest employers.",
    "outside_employers": "A quarter of this cell, or five employers, leaves fewer than {least} other employers.",
    "complementary": "Hidden to protect the answers of employers behind this cell or behind another one.",
    "earlier_release": "An earlier release shows this cell with almost the same pairs: the two together would tell "
    "what the few others answered.",
    "released_often": "This cell has been published {times} times with different figures already.",
    "main_hidden": "The main result is hidden, so that this check of it is hidden as well.",
    "few_odd": "Too few pairs had an odd reaction (fewer than {least}, or of too few employers): leaving them out "
    "would tell what those few answered.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Why a cell is hidden: the rule's name and the facts that its sentence needs."""

    rule: str
    facts: Mapping[str, int] = field(default_factory=dict)

    @property
    def primary(self) -> bool:
        """True when the cell itself breaks a rule that follows from the plan."""
        return self.rule != "complementary"

    @property
    def reason(self) -> str:
        """The reason in an English sentence; a report words it in its own language."""
        return REASONS[self.rule].format(**self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One kind of candidate in a cell: applications sent, and how many of them got a positive reaction."""

    positives: int
    applications: int

    @property
    def rate(self) -> float:
        """Share of the applications with a positive reaction."""
        return self.positives / self.applications if self.applications else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One cell that may be printed: its keys, and either its figures or the reason why it is hidden.

    A key that is None means "all". `pairs`, `employers`, `counts`, `estimates` and `tests` are None or empty when it is
    hidden; `tests` holds the one that decides, and all are at the pairs divided by `design_effect`. Where each vacancy
    got one application, `pairs` are applications and `counts` are `ArmCounts`. `noise` is the covariance of the noise
    on the counts, in their order; None where they are exact.
    """

    sector: str | None
    joint_committee: str | None
    criterion: str | None
    level: str | None
    outcome: str
    extra: Mapping[str, str | None]
    pairs: int | None
    employers: int | None
    counts: Counts | None
    noise: Noise | None = None
    estimates: tuple[Estimate, ...]
    suppression: Suppression | None
    tests: tuple[TestResult, ...] = ()
    design_effect: float = 1.0
    noise_variance: float = 0.0
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        _check(seal, "Release")

    @property
    def arms(self) -> tuple[Arm, Arm] | None:
        """The control and the treated candidates: applications and positive reactions; None when hidden."""
        counts = self.counts
        if counts is None:
            return None
        return (
            Arm(positives=counts.control_positives, applications=counts.control_applications),
            Arm(positives=counts.treated_positives, applications=counts.treated_applications),
        )

    @property
    def deviations(self) -> dict[str, float] | None:
        """The standard deviation of the noise on each count; None where counts are exact."""
        return _deviations(self.counts, self.noise)

    @property
    def margins(self) -> dict[str, int] | None:
        """How far each count may be off: 19 of 20 times by this much at most; None where counts are exact."""
        return _margins(self.deviations)

    @property
    def reacted(self) -> int | None:
        """Pairs (or single applications) with a positive reaction; None when hidden."""
        return None if self.counts is None else self.counts.any_positive

    @property
    def shown(self) -> bool:
        """True when the figures may be printed."""
        return self.suppression is None

    @property
    def keys(self) -> dict[str, str | None]:
        """The grouping fields by name, extra ones last."""
        return {
            "sector": self.sector,
            "joint_committee": self.joint_committee,
            "criterion": self.criterion,
            "level": self.level,
            **self.extra,
            "outcome": self.outcome,
        }

    def estimate(self, name: str) -> Estimate | None:
        """Return the first estimate called `name`, or None when there is none or the cell is hidden."""
        return next((estimate for estimate in self.estimates if estimate.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OddCheck:
    """A result without the pairs that had an odd reaction (automatic, bounced, late), beside the result as coded.

    Under noise `odd` and `counts` (of the pairs that are left) carry their own: they do not follow from the result.
    """

    sector: str | None
    criterion: str | None
    outcome: str
    odd: int | None
    counts: PairedCounts | None
    noise: Noise | None = None
    estimates: tuple[Estimate, ...]
    suppression: Suppression | None
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        _check(seal, "OddCheck")

    @property
    def deviations(self) -> dict[str, float] | None:
        """The standard deviation of the noise on each count, as `Release.deviations`."""
        return _deviations(self.counts, self.noise)

    @property
    def margins(self) -> dict[str, int] | None:
        """How far each count may be off, as `Release.margins`."""
        return _margins(self.deviations)

    @property
    def ratio(self) -> Estimate | None:
        """The discrimination ratio without the odd pairs; None when hidden."""
        return next((estimate for estimate in self.estimates if estimate.name == "discrimination_ratio"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSet:
    """All cells of one report after the gate, with what a report says of the study and of the policy used.

    `merged` holds committees that are hidden one by one, shown together; `odd_checks` the results without odd pairs;
    `fieldwork` what became of the planned tests; `concentration` how unequal treatment is spread over employers.
    """

    releases: tuple[Release, ...]
    merged: tuple[Release, ...] = ()
    odd_checks: tuple[OddCheck, ...] = ()
    design: str = PAIRED.name
    policy: Policy
    override: Override | None = None
    unit: str
    simulated: bool
    study: Mapping[str, Any]
    shortfalls: tuple[Mapping[str, Any], ...]
    inputs: Mapping[str, Any]
    plan: Mapping[str, Any]
    fieldwork: Mapping[str, Any] = field(default_factory=dict)
    concentration: tuple[Mapping[str, Any], ...] = ()
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        _check(seal, "ReleaseSet")

    def __iter__(self) -> Iterator[Release]:
        return iter(self.releases)

    def __len__(self) -> int:
        return len(self.releases)

    @property
    def of(self) -> Design[Any, Any]:
        """The design, with all that depends on it."""
        return design_named(self.design)

    @property
    def hidden(self) -> tuple[Release, ...]:
        """The cells that may not be shown."""
        return tuple(release for release in self.releases if not release.shown)

    def outcomes(self) -> tuple[str, ...]:
        """Outcome names in the order of the results."""
        return tuple(dict.fromkeys(release.outcome for release in self.releases))


def _deviations(counts: Counts | None, noise: Noise | None) -> dict[str, float] | None:
    if counts is None or noise is None:
        return None
    return {cell: math.sqrt(noise[place][place]) for place, cell in enumerate(counts.as_dict())}


def _margins(deviations: Mapping[str, float] | None) -> dict[str, int] | None:
    """Return the whole number that noise of each standard deviation stays within 19 of 20 times; None without noise."""
    return None if deviations is None else {cell: math.ceil(1.96 * sd) for cell, sd in deviations.items()}


def _check(seal: object, name: str) -> None:
    if seal is not _SEAL:
        raise DisclosureError(
            say(
                "A {name} is made by the disclosure gate alone. Call corrtest.disclosure.release(results, policy).",
                name=name,
            )
        )
