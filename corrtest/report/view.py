"""The releases as the chapters look at them: by criterion, level and committee, with the words of one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from corrtest.analysis import Verdict, adjusted_families, adjusted_pvalue, primary_outcome, verdict_of
from corrtest.disclosure import Release, ReleaseSet
from corrtest.pages import Catalogue
from corrtest.spec import Action, AnalysisOptions

# What joins the numbers of committees that are shown together.
MERGED = " + "


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One release set in one language, with what the sector does about it.

    `families` are the p-values adjusted over the preregistered families, as the analysis adjusts them, of what was
    released: a hidden result stays in its family with p = 1, which can only make the others larger.
    """

    releases: ReleaseSet
    words: Catalogue
    actions: tuple[Action, ...] = ()
    families: Mapping[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        study = self.releases.study
        object.__setattr__(
            self, "families", adjusted_families(self.releases.releases, method=self.adjustment, study=study) or {}
        )

    @property
    def adjustment(self) -> str:
        """How the study adjusts p-values: "holm" unless it says otherwise."""
        return str((self.releases.study.get("analysis") or {}).get("multiplicity") or AnalysisOptions().multiplicity)

    def verdict(self, release: Release) -> Verdict:
        """Return the verdict on a release: the analysis' own, with the p-value adjusted over its family."""
        return verdict_of(release, pvalue_adjusted=adjusted_pvalue(self.families or None, release))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes in order; the first one leads the report."""
        return self.releases.outcomes()

    @property
    def main_outcome(self) -> str:
        """The primary outcome, which leads every chapter."""
        return primary_outcome(self.outcomes, self.releases.study)

    @property
    def unpaired(self) -> bool:
        """True where each vacancy got one application: then a release's pairs are applications."""
        return not self.releases.of.matched

    @property
    def sectors(self) -> tuple[str | None, ...]:
        """Sectors in order."""
        return tuple(dict.fromkeys(release.sector for release in self.releases))

    @property
    def criteria(self) -> tuple[str | None, ...]:
        """Criteria in order."""
        return tuple(dict.fromkeys(release.criterion for release in self.releases))

    @property
    def committees(self) -> tuple[str, ...]:
        """Joint committees in order."""
        numbers = (release.joint_committee for release in self.releases)
        return tuple(dict.fromkeys(number for number in numbers if number is not None))

    def select(
        self,
        *,
        outcome: str,
        criterion: str | None = None,
        committee: bool | str = False,
        level: bool | None = None,
    ) -> tuple[Release, ...]:
        """Return the releases of an outcome.

        `committee`: False = all committees together, True = each committee, or one number. `level`: False = all levels
        together, True = each level, None = both. `criterion` None = every criterion. Extra groupings are left out.
        """

        def wanted(release: Release) -> bool:
            return (
                release.outcome == outcome
                and (criterion is None or release.criterion == criterion)
                and (
                    release.joint_committee == committee
                    if isinstance(committee, str)
                    else (release.joint_committee is not None) == committee
                )
                and (level is None or (release.level is not None) == level)
                and not any(release.extra.values())
            )

        return tuple(release for release in self.releases if wanted(release))

    def rows(self, criterion: str | None, outcome: str) -> tuple[Release, ...]:
        """Return a criterion's overall releases, then its levels where there are several."""
        overall = self.select(outcome=outcome, criterion=criterion, level=False)
        levels = self.select(outcome=outcome, criterion=criterion, level=True)
        return (*overall, *(levels if not overall or len(levels) > len(overall) else ()))

    def headline(self, criterion: str | None, outcome: str) -> tuple[Release, ...]:
        """Return a criterion's overall releases; its levels where no overall one was made."""
        overall = self.select(outcome=outcome, criterion=criterion, level=False)
        return overall or self.select(outcome=outcome, criterion=criterion, level=True)

    def extra_groupings(self) -> tuple[Release, ...]:
        """Return the releases by an extra grouping field (occupation, province, …)."""
        return tuple(release for release in self.releases if any(release.extra.values()))

    def sector_name(self, sector: str | None = None) -> str:
        """Return the name of a sector; of the study's own when None."""
        key = sector or self.releases.study.get("sector") or (self.sectors[0] if len(self.sectors) == 1 else None)
        return self.words.name("sector", key) if key else self.words.text("all data")

    def committee_name(self, number: str, most: int | None = None) -> str:
        """Return the name of a committee; several numbers, as merged ones have them, are listed without their names."""
        if MERGED in number:
            listed = self.words.several(number.split(MERGED))
            return self.words.text("Other joint committees together ({committees})", committees=listed)
        return self.words.committee(number, most)

    def label(self, release: Release, *, with_criterion: bool = False) -> str:
        """Return the row name of a release inside its table."""
        words = self.words
        parts = []
        if len(self.sectors) > 1 and release.sector:
            parts.append(self.sector_name(release.sector))
        if release.joint_committee:
            parts.append(self.committee_name(release.joint_committee))
        if release.level:
            parts.append(words.name("level", release.level))
        elif with_criterion or not (parts or any(release.extra.values())):
            parts.append(words.name("criterion", release.criterion) if release.criterion else words.text("all"))
        if release.level and with_criterion and release.criterion:
            parts.insert(len(parts) - 1, words.name("criterion", release.criterion))
        parts += [self.words.name(name, value) for name, value in release.extra.items() if value]
        text = " · ".join(parts)
        return text[:1].upper() + text[1:]
