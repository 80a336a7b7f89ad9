"""All sectors side by side: whose figures stand in the tables, and what may be said of all of them together.

One decision serves every reader, the government and the public alike, so that nothing follows from setting their pages
beside each other. Figures over sectors are made of released counts alone, of measurements that can be compared: of one
instrument, profile, wave and design, with the same reactions counted as positive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import InitVar, dataclass
from typing import Any

import numpy as np

from corrtest.analysis import Counts, design_named
from corrtest.disclosure.intervals import protected_figures
from corrtest.disclosure.noised import as_rows
from corrtest.disclosure.questionnaires import QuestionnaireRelease
from corrtest.disclosure.release import _SEAL, Release, ReleaseSet
from corrtest.disclosure.rules import PROTECTED
from corrtest.disclosure.sector_policy import SectorPolicy, sector_policy
from corrtest.disclosure.withholding import Sum, Unit, hidden_sums
from corrtest.errors import DisclosureError
from corrtest.language import say

CORRESPONDENCE = "correspondence_test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """What measurements have in common that may stand in one table."""

    instrument: str
    profile: str | None
    wave: str | None
    design: str
    outcomes: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, releases: ReleaseSet) -> Comparable:
        """Return that of a release set."""
        study = releases.study
        counted = study.get("outcomes") or {}
        return cls(
            instrument=str(study.get("instrument") or CORRESPONDENCE),
            profile=study.get("profile"),
            wave=study.get("wave"),
            design=releases.design,
            outcomes=tuple((name, tuple(sorted(counted.get(name, ())))) for name in releases.outcomes()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """One criterion over all sectors that have a figure of it, or over those that stand in the table; by outcome."""

    of: Comparable
    sectors: int
    every: bool
    releases: tuple[Release, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """What may be said of many sectors.

    Attributes
    ----------
    shown : tuple of ReleaseSet
        Those that stand in the tables with their figures.
    without : tuple of str
        Sectors without figures, for whatever reason.
    withheld : int
        How many sectors keep their results to themselves.
    together : tuple of Together
    asked : tuple of QuestionnaireRelease
        Surveys and risk analyses of the sectors that stand here with their figures.
    facts : mapping
        What the log remembers; it names the sectors that withhold, and leaves the machine as little as they do.
    told : tuple of str
        Sectors that withhold now, and whose figures an earlier overview showed.
    """

    shown: tuple[ReleaseSet, ...]
    without: tuple[str, ...]
    withheld: int
    together: tuple[Together, ...]
    asked: tuple[QuestionnaireRelease, ...]
    facts: Mapping[str, Any]
    told: tuple[str, ...]
    simulated: bool
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise DisclosureError(say("Sectors are set side by side by corrtest.disclosure.side_by_side alone."))


def side_by_side(
    sets: Sequence[ReleaseSet],
    withheld: Collection[str] = (),
    *,
    asked: Sequence[QuestionnaireRelease] = (),
    unmeasured: Collection[str] = (),
    earlier: Sequence[Mapping[str, Any]] = (),
    policy: SectorPolicy | None = None,
) -> SideBySide:
    """Decide once, for every reader, which sectors' figures are shown and what is said of all together.

    Parameters
    ----------
    sets : sequence of ReleaseSet
        One a study; those of sectors that withhold too, which the coordinator alone holds.
    withheld : collection of str
        Sectors that keep their results to themselves.
    asked : sequence of QuestionnaireRelease
        Their surveys and risk analyses, which are summed over no sectors.
    unmeasured : collection of str
        Sectors of which there is no result yet.
    earlier : sequence of mappings
        The `facts` of earlier overviews, oldest first.

    Raises
    ------
    DisclosureError
        A sector that withholds is in none of the studies, or one measurement was given twice.
    """
    policy = policy or sector_policy()
    given: list[ReleaseSet | QuestionnaireRelease] = [*sets, *asked]
    sectors = list(dict.fromkeys(_sector(each) for each in given))
    unknown = sorted(set(withheld) - set(sectors) - set(unmeasured))
    if unknown:
        raise DisclosureError(
            say("{sectors} would withhold, but none of the studies is of that sector.", sectors=", ".join(unknown))
        )
    told = {sector for facts in earlier for sector in facts["shown"]}
    _refuse_twice(asked)
    size = {sector: _size(sector, sets, asked) for sector in sectors}
    hidden = _without_figures(size, withheld, set(unmeasured) - set(sectors), earlier, policy)
    groups = _groups(sets)
    before = [_sum_from(each) for facts in earlier for each in facts["together"]]
    now = [_sum_of(of, units) for (of, _), units in groups.items()]
    closed = hidden_sums([*before, *now], set(withheld) - told, policy)
    together = []
    leaving = []
    for number, ((of, criterion), units) in enumerate(groups.items(), start=len(before)):
        every = number not in closed
        parts = units if every else {unit: part for unit, part in units.items() if unit.sector not in hidden}
        if len({unit.sector for unit in parts}) >= 2:
            together.append(_together(of, criterion, parts, every=every))
            leaving.append(_as_fact(_sum_of(of, parts)))
        else:
            together.append(_nothing(of, criterion, sectors=len({unit.sector for unit in units})))
    return SideBySide(
        shown=tuple(each for each in sets if _sector(each) not in hidden),
        without=tuple(sorted(hidden)),
        withheld=len(set(withheld)),
        together=tuple(together),
        asked=tuple(each for each in asked if _sector(each) not in hidden),
        facts={
            "shown": sorted(set(sectors) - hidden),
            "withheld": sorted(withheld),
            "beside": sorted(hidden - set(withheld) - set(unmeasured)),
            "together": leaving,
        },
        told=tuple(sorted(set(withheld) & told)),
        simulated=any(each.simulated for each in given),
        seal=_SEAL,
    )


def _sector(releases: ReleaseSet | QuestionnaireRelease) -> str:
    return str(releases.study.get("sector"))


def _size(sector: str, sets: Sequence[ReleaseSet], asked: Sequence[QuestionnaireRelease]) -> int:
    """Return on how much the figures of a sector rest: pairs and answers."""
    pairs = (
        cell.pairs or 0
        for each in sets
        if _sector(each) == sector
        for cell in _main(each)
        if cell.outcome == each.outcomes()[0]
    )
    return sum(pairs) + sum(int(each.counts["answers"]) for each in asked if _sector(each) == sector)


def _refuse_twice(asked: Sequence[QuestionnaireRelease]) -> None:
    seen: set[str] = set()
    for each in asked:
        token = f"{_sector(each)} · {each.instrument} · {each.study.get('wave')}"
        if token in seen:
            raise _twice(token)
        seen.add(token)


def _twice(token: str) -> DisclosureError:
    return DisclosureError(
        say("Two of the studies measure the same: {what}. Give the report.json of each study once.", what=token)
    )


def _without_figures(
    size: Mapping[str, int],
    withheld: Collection[str],
    unmeasured: Collection[str],
    earlier: Sequence[Mapping[str, Any]],
    policy: SectorPolicy,
) -> set[str]:
    """Return the sectors without figures: those that withhold, and others beside them, so that it is not said which.

    What was beside them before stays so; what was shown before cannot be. Then those go whose figures are fewest.
    """
    hidden = {*withheld, *unmeasured}
    if not withheld:
        return hidden
    told = {sector for facts in earlier for sector in facts["shown"]}
    before = {sector for facts in earlier for sector in facts["beside"]}
    others = [sector for sector in size if sector not in hidden and sector not in told]
    others.sort(key=lambda sector: (sector not in before, size[sector], sector))
    # Who has no result yet is seen from the progress, and hides nobody.
    wanted = max(policy.least, len(set(withheld)) + policy.beside) - len(set(withheld))
    return hidden | set(others[: max(wanted, 0)]) | (before & set(others))


def _main(releases: ReleaseSet) -> list[Release]:
    """Return the cells of each criterion as a whole."""
    return [
        cell
        for cell in releases
        if cell.joint_committee is None and cell.level is None and not any(cell.extra.values())
    ]


def _groups(sets: Sequence[ReleaseSet]) -> dict[tuple[Comparable, str | None], dict[Unit, tuple[Release, ...]]]:
    """Return the units of each comparable group and criterion, with their released cells."""
    groups: dict[tuple[Comparable, str | None], dict[Unit, tuple[Release, ...]]] = {}
    seen: set[str] = set()
    for each in sets:
        of = Comparable.of(each)
        cells = _main(each)
        for criterion in dict.fromkeys(cell.criterion for cell in cells):
            own = tuple(cell for cell in cells if cell.criterion == criterion and cell.counts is not None)
            token = f"{_sector(each)} · {of.instrument} · {of.wave} · {criterion}"
            if token in seen:
                raise _twice(token)
            seen.add(token)
            if not own or len(own) < len(of.outcomes):
                continue
            counts = {cell.outcome: dict(cell.counts.as_dict()) for cell in own if cell.counts is not None}
            unit = Unit(token=token, sector=_sector(each), pairs=own[0].pairs or 0, counts=counts)
            groups.setdefault((of, criterion), {})[unit] = own
    return groups


def _sum_of(of: Comparable, units: Mapping[Unit, tuple[Release, ...]]) -> Sum:
    exact = all(cell.noise is None for cells in units.values() for cell in cells)
    return Sum(units=tuple(units), design=design_named(of.design), outcomes=dict(of.outcomes), exact=exact)


def _as_fact(each: Sum) -> dict[str, Any]:
    return {
        "design": each.design.name,
        "outcomes": {name: list(words) for name, words in each.outcomes.items()},
        "exact": each.exact,
        "units": [
            {"token": unit.token, "sector": unit.sector, "pairs": unit.pairs, "counts": unit.counts}
            for unit in each.units
        ],
    }


def _sum_from(fact: Mapping[str, Any]) -> Sum:
    return Sum(
        units=tuple(Unit(**unit) for unit in fact["units"]),
        design=design_named(fact["design"]),
        outcomes=fact["outcomes"],
        exact=fact["exact"],
        known=True,
    )


def _together(
    of: Comparable, criterion: str | None, units: Mapping[Unit, tuple[Release, ...]], *, every: bool
) -> Together:
    design = design_named(of.design)
    made = []
    for place, (outcome, _) in enumerate(of.outcomes):
        cells = [own[place] for own in units.values()]
        counted = [cell.counts.as_dict() for cell in cells if cell.counts is not None]
        counts: Counts = design.counts({name: sum(each[name] for each in counted) for name in counted[0]})
        noise = None
        if any(cell.noise is not None for cell in cells):
            noise = np.sum([np.array(cell.noise) for cell in cells if cell.noise is not None], axis=0)
        effect = max(cell.design_effect for cell in cells)
        level = next((estimate.confidence_level for cell in cells for estimate in cell.estimates), 0.95)
        names = frozenset(estimate.name for estimate in cells[0].estimates)
        (figures,) = protected_figures([counts], noise=[noise], effects=[effect], confidence_level=level, names=names)
        known = [cell.employers for cell in cells if cell.employers is not None]
        made.append(
            Release(
                sector=None,
                joint_committee=None,
                criterion=criterion,
                level=None,
                outcome=outcome,
                extra={},
                pairs=sum(cell.pairs or 0 for cell in cells),
                employers=sum(known) if len(known) == len(cells) else None,
                counts=counts,
                noise=as_rows(noise),
                estimates=figures.estimates if figures else (),
                tests=figures.tests if figures else (),
                design_effect=effect,
                noise_variance=figures.noise_variance if figures else 0.0,
                suppression=None,
                seal=_SEAL,
            )
        )
    return Together(of=of, sectors=len({unit.sector for unit in units}), every=every, releases=tuple(made))


def _nothing(of: Comparable, criterion: str | None, *, sectors: int) -> Together:
    """Return that nothing is said over sectors."""
    hidden = tuple(
        Release(
            sector=None,
            joint_committee=None,
            criterion=criterion,
            level=None,
            outcome=outcome,
            extra={},
            pairs=None,
            employers=None,
            counts=None,
            estimates=(),
            suppression=PROTECTED,
            seal=_SEAL,
        )
        for outcome, _ in of.outcomes
    )
    return Together(of=of, sectors=sectors, every=True, releases=hidden)
