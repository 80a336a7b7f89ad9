"""The criteria that a study may test, one TOML file each: labels, levels with their signals, and the literature.

A level sets one of: `names` (the origin whose names are used), `gender`, `age` with `control_age` and `extra_years`,
`residence` with `control_residence` (places, as in an address), or `where` with sentences for the CV and the letter in
a table for each language. `texts_of` takes the sentences of another level; `shared` says what both arms carry besides
(`shared.py`). A new criterion or level is a file or a table; no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corrtest.language import say
from corrtest.spec.criteria.levels import KnownLevel, LevelTexts, read_levels, words_by_language
from corrtest.spec.reference import belgian_experiments
from corrtest.spec.section import NOTHING, Described, Section

__all__ = [
    "AssumedRates",
    "KnownCriterion",
    "KnownLevel",
    "LevelTexts",
    "PooledRatio",
    "read_criterion",
    "written_label",
]


# A ratio this near to 1 is no effect: no number of pairs shows it.
_LEAST_EFFECT = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledRatio:
    """A published mean ratio (treated ÷ control) against which a sector may hold its own; words by language."""

    population: Mapping[str, str]
    ratio: float
    lower: float
    upper: float
    source: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRates:
    """Rates for power where no published Belgian experiment stands for the criterion, with their source."""

    control_rate: float
    ratio: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCriterion:
    """A ground that a study may test.

    Attributes
    ----------
    label : mapping
        Language → name.
    levels : mapping
        Level → what it means, the wage-support variants included.
    ground, treated : str, optional
        The register's words for the ground and, where set, for the treated group: which published experiments stand
        for the criterion.
    assumed : AssumedRates, optional
        What power assumes instead of published rates.
    pooled : tuple of PooledRatio
    reported : mapping
        Level of studies elsewhere → its label: a report can name it, no document can be written with it.
    """

    name: str
    label: Mapping[str, str]
    levels: Mapping[str, KnownLevel]
    ground: str | None = None
    treated: str | None = None
    assumed: AssumedRates | None = None
    pooled: tuple[PooledRatio, ...] = ()
    reported: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def level_labels(self) -> dict[str, Mapping[str, str]]:
        """Return level → its label by language, those of studies elsewhere included."""
        return {name: level.label for name, level in self.levels.items()} | dict(self.reported)


def written_label(label: Mapping[str, str], name: str, language: str) -> str:
    """Return a label in a language, else in English or in any, else the name as it stands in the file."""
    return label.get(language) or label.get("en") or next(iter(label.values()), name.replace("_", " "))


def read_criterion(section: Section, name: str) -> KnownCriterion:
    """Return the criterion that a file describes; faults go to the section's list."""
    levels = read_levels(section)
    literature = section.table("literature", required=False)
    ground, treated = _register(literature)
    pooled = tuple(_pooled(each) for each in literature.tables("pooled", required=False))
    literature.close()
    assumed = _assumed(section)
    if ground is None and assumed is None:
        section.fault(
            "power",
            given=NOTHING,
            expected=say("[literature] register, or [power] with control_rate, ratio and source"),
            action=say("Say on which rates the power of a study on this criterion rests."),
        )
    reported = section.table("reported", required=False)
    found = KnownCriterion(
        name=name,
        label=words_by_language(section, "label"),
        levels=levels,
        ground=ground,
        treated=treated,
        assumed=assumed,
        pooled=pooled,
        reported={level: words_by_language(reported, level) for level in reported.values},
    )
    section.close()
    return found


def _register(literature: Section) -> tuple[str | None, str | None]:
    if "register" not in literature.values:
        return None, None
    register = literature.table("register", required=True)
    known = belgian_experiments()
    ground = register.choice("ground", sorted(set(known["criterion"])))
    of_ground = sorted(set(known.loc[known["criterion"] == ground, "treated"]))
    treated = register.choice("treated", of_ground) if "treated" in register.values else None
    register.close()
    return ground, treated


def _pooled(section: Section) -> PooledRatio:
    ratio, lower, upper = (section.number(key, low=0.0) or 0.0 for key in ("ratio", "lower", "upper"))
    if not 0 < lower <= ratio <= upper:
        section.fault(
            "ratio",
            given=Described(say("{ratio:g} ({lower:g} to {upper:g})", ratio=ratio, lower=lower, upper=upper)),
            expected=say("a ratio above 0 inside its interval"),
            action=say("Write ratio, lower and upper."),
        )
    found = PooledRatio(
        population=words_by_language(section, "population"),
        ratio=ratio,
        lower=lower,
        upper=upper,
        source=words_by_language(section, "source"),
    )
    section.close()
    return found


def _assumed(section: Section) -> AssumedRates | None:
    if "power" not in section.values:
        section.raw("power")
        return None
    power = section.table("power", required=True)
    control = power.number("control_rate", low=0.01, high=0.99)
    ratio = power.number("ratio", low=0.01)
    source = power.text("source")
    if control is None or ratio is None or abs(ratio - 1) < _LEAST_EFFECT or not 0 < control * ratio < 1:
        power.fault(
            "ratio",
            given=NOTHING if ratio is None or control is None else Described(f"{control:g} × {ratio:g}"),
            expected=say("a control rate and a ratio other than 1, whose product is a rate below 1"),
            action=say("Write for example control_rate = 0.30 and ratio = 0.70."),
        )
        control, ratio = 0.3, 0.7
    power.close()
    return AssumedRates(control_rate=control, ratio=ratio, source=source)
