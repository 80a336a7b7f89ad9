"""What a study can show of what it publishes: power, detectable ratio and width per stratum and for the sector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from corrtest.design import DrawnPlan, assumed_rates, assumptions, pairs_quota
from corrtest.disclosure import Policy, default_policy
from corrtest.errors import DesignError, Fault
from corrtest.language import mark, say
from corrtest.pages import Catalogue, catalogue
from corrtest.power.family import Levels, draws_for, levels_left
from corrtest.power.interaction import InteractionReach, interaction_reaches
from corrtest.power.measurement import Employers, Measurement
from corrtest.power.shown import Planned, Stratum, capped_rows, noise_expected, planned_rows, releases_expected, strata
from corrtest.spec import Study

__all__ = ["StudyPower", "power_of_measurement", "power_of_plan", "power_of_study"]

# Without dates and random ids the same study gives the same file.
PLOT_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}
# What a hidden result shows.
NOTHING = {
    "power": 0.0,
    "detectable_ratio": np.nan,
    "ratio_width": np.nan,
    "detectable_follow_up": np.nan,
}
NO_LABELS: Mapping[str, Any] = MappingProxyType({})
# The others' p-values of a family are drawn by this seed, so that the same study has the same power.
DRAWN_WITH = 2026
_ADJUSTED = {
    "holm": mark("adjusted for the number of tests by Holm's method"),
    "benjamini_hochberg": mark("adjusted for the number of tests by the method of Benjamini and Hochberg"),
    "none": mark("not adjusted for the number of tests"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPower:
    """What a study can show of what it publishes.

    `table` has one row a committee × criterion and, with joint_committee "", one a criterion over the sector: pairs
    (in an unpaired study applications), employers, control_rate, assumed_ratio, shown (whether the disclosure gate lets
    the result out), family (how many results are adjusted together), power, detectable_ratio, ratio_width,
    detectable_follow_up, pairs_needed, noise_sd (of a published count), pairs_for_noise (how many of the pairs needed
    are the price of the noise). `measurements` is by (committee, criterion); `sources` are those of published rates, by
    criterion; `interactions` are what crossed signals can show.
    """

    table: pd.DataFrame
    target_power: float
    measurements: Mapping[Stratum, Measurement]
    sources: Mapping[str, tuple[str, ...]]
    multiplicity: str
    protection: str
    interactions: tuple[InteractionReach, ...] = ()

    @property
    def association(self) -> float:
        """The within-pair correlation that is assumed."""
        return self.first.association

    @property
    def first(self) -> Measurement:
        """Any of the measurements: they share the level, the association and the correlation of an employer's pairs."""
        return next(iter(self.measurements.values()))

    @property
    def by_criterion(self) -> dict[str, Measurement]:
        """The measurement of each criterion over the sector."""
        return {criterion: found for (committee, criterion), found in self.measurements.items() if not committee}

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def _repr_html_(self) -> str:
        return str(self.table.to_html(index=False, float_format=lambda value: f"{value:.3f}"))

    def sentences(self, language: str = "en", labels: Mapping[str, Any] = NO_LABELS) -> list[str]:
        """Return what is counted, then a sentence for each criterion and for committees that show the same.

        `labels` name a study's own criteria.
        """
        words = catalogue(language, "preregistration").with_labels(labels)
        said: dict[tuple[str, str], list[str]] = {}
        for row in self.table.to_dict("records"):
            said.setdefault((row["criterion"], self._sentence(row, words)), []).append(row["joint_committee"])
        sentences = [
            f"{_places(committees, words)}, {words.name('criterion', criterion)}: {sentence}" if criterion else sentence
            for (criterion, sentence), committees in said.items()
        ]
        return [self._counted(words), *sentences, *(each.sentence(words) for each in self.interactions)]

    def _counted(self, words: Catalogue) -> str:
        """Say which verdict is counted, and what its protection costs."""
        counted = words.text(
            "What is counted is the verdict that will be published: its test ({adjusted}) and its interval, at a "
            "correlation of {correlation} between the answers of one employer.",
            adjusted=words.text(_ADJUSTED[self.multiplicity]),
            correlation=words.number(self.first.employers.allowed),
        )
        return f"{counted} {self.price(words)}"

    def price(self, words: Catalogue) -> str:
        """Say what the protection of the counts takes in pairs."""
        if not self.table["noise_sd"].any():
            return words.text("Counts are published exact: their protection takes no pairs.")
        return words.text(
            "Counts are published with noise (standard deviation up to {sd}), which is protection that takes up to "
            "{pairs} of the pairs needed.",
            sd=words.number(self.table["noise_sd"].max(), 1),
            pairs=words.number(self.table["pairs_for_noise"].max(), 0),
        )

    def _sentence(self, row: Mapping[Any, Any], words: Catalogue) -> str:
        tens = words.short(self.target_power * 10)
        needed = words.text(
            "For {tens} of 10 at that ratio, {needed} are needed.",
            tens=tens,
            needed=words.number(row["pairs_needed"], 0),
        )
        if not row["shown"]:
            return words.text(
                "{count} are too few, or of too few employers, to be shown by themselves: this result is hidden or "
                "merged, and shows nothing of its own.",
                count=words.number(float(row["pairs"]), 0),
            )
        published = words.text("At the published ratio of {ratio} it is shown in {share} of 100.")
        given = words.text("At the given ratio of {ratio} it is shown in {share} of 100.")
        parts = (
            _reach(self.first.pairing, row["pairs"], row["detectable_ratio"], tens, words),
            (published if self.sources[row["criterion"]] else given).format(
                ratio=words.number(row["assumed_ratio"]), share=words.number(row["power"] * 100, 0)
            ),
            needed,
            words.text("A follow-up of as many shows no rise of the ratio so surely.")
            if pd.isna(row["detectable_follow_up"])
            else words.text(
                "A follow-up of as many shows that the ratio rose if it is {ratio} or higher.",
                ratio=words.number(row["detectable_follow_up"]),
            ),
        )
        return " ".join(parts)

    def curves(self) -> pd.DataFrame:
        """Return the exact power over 200 ratios, per criterion and number of pairs: criterion, pairs, ratio, power."""
        drawn = self.table[self.table["shown"]].drop_duplicates(["criterion", "pairs"])
        pieces = [
            self.measurements[row["joint_committee"], row["criterion"]]
            .curve(row["pairs"])
            .assign(criterion=row["criterion"], pairs=row["pairs"])
            for row in drawn.to_dict("records")
        ]
        empty = pd.DataFrame(columns=["ratio", "power", "criterion", "pairs"])
        return pd.concat(pieces or [empty], ignore_index=True)[["criterion", "pairs", "ratio", "power"]]

    def plot(self, path: str | Path, language: str = "en", labels: Mapping[str, Any] = NO_LABELS) -> Path:
        """Draw the exact power over the ratio, one line a criterion, for the committees' and the sector's pairs."""
        from matplotlib import rc_context  # noqa: PLC0415  (only a plot needs matplotlib)
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415

        path = Path(path)
        if path.suffix.lstrip(".") not in PLOT_METADATA:
            raise DesignError(
                say("The curves were not drawn."),
                [
                    Fault(
                        file=str(path),
                        given=say("a file that ends in '{suffix}'", suffix=path.suffix),
                        expected=", ".join(f".{kind}" for kind in PLOT_METADATA),
                        action=say("Give the file another ending."),
                    )
                ],
            )
        words = catalogue(language, "preregistration").with_labels(labels)
        figure = Figure(figsize=(7.5, 4.5), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        unit = words.text("applications") if self.first.pairing == "unpaired" else words.text("pairs")
        for (criterion, pairs), curve in self.curves().groupby(["criterion", "pairs"], sort=False):
            counted = f"{words.number(int(str(pairs)), 0)} {unit}"
            label = f"{words.name('criterion', str(criterion))}, {counted}" if criterion else counted
            axes.plot(curve["ratio"], curve["power"], label=label)
        axes.axhline(self.target_power, color="0.5", linestyle="--", linewidth=1)
        axes.set_xlabel(words.text("discrimination ratio (treated ÷ control)"))
        axes.set_ylabel(words.text("chance that it is shown"))
        axes.set_ylim(0, 1.02)
        axes.xaxis.set_major_formatter(lambda value, _: words.number(value, 1))
        axes.yaxis.set_major_formatter(lambda value, _: words.number(value, 1))
        axes.legend(frameon=False, fontsize=8)
        path.parent.mkdir(parents=True, exist_ok=True)
        with rc_context({"svg.hashsalt": "corrtest"}):
            figure.savefig(path, dpi=150, metadata=PLOT_METADATA[path.suffix.lstrip(".")])
        return path


def _places(committees: list[str], words: Catalogue) -> str:
    """Name the committees of one sentence, or the sector."""
    return ", ".join(committee or words.text("the sector") for committee in committees)


def _reach(pairing: str, count: int, ratio: float, tens: str, words: Catalogue) -> str:
    """Say which ratio that many pairs or applications show."""
    facts = {"count": words.number(count, 0), "tens": tens}
    if pairing == "paired" and pd.isna(ratio):
        return words.text(
            "{count} pairs show no ratio in {tens} of 10 such measurements, however low: there are too few.", **facts
        )
    if pairing == "paired":
        return words.text(
            "{count} pairs show a ratio of {ratio} or lower in {tens} of 10 such measurements.",
            ratio=words.number(ratio),
            **facts,
        )
    facts["half"] = words.number(count // 2, 0)
    if pd.isna(ratio):
        return words.text(
            "{count} applications, {half} of each arm, show no ratio in {tens} of 10 such measurements, however low: "
            "there are too few.",
            **facts,
        )
    return words.text(
        "{count} applications, {half} of each arm, show a ratio of {ratio} or lower in {tens} of 10 such measurements.",
        ratio=words.number(ratio),
        **facts,
    )


def power_of_study(
    study: Study,
    *,
    policy: Policy | None = None,
    target_power: float = 0.8,
    pairs_per_employer: int | None = None,
    **assumed: Any,
) -> StudyPower:
    """Compute what `study` can show of what it publishes, before there is a plan.

    Parameters
    ----------
    policy : Policy, optional
        Of disclosure, made stricter where the study asks for it; default the one that is shipped.
    target_power : float
        The power at which detectable ratios and needed pairs are given.
    pairs_per_employer : int, optional
        Default the cap in all, which is the worst that a plan can be.
    assumed
        As for `measurements_of`.
    """
    cap = study.caps.total if pairs_per_employer is None else pairs_per_employer
    rows = capped_rows(study, pairs_quota(study), cap)
    return _power_of_rows(study, rows, policy=policy, target_power=target_power, **assumed)


def power_of_plan(plan: DrawnPlan, *, policy: Policy | None = None, **chosen: Any) -> StudyPower:
    """Compute what a plan can show of what it publishes; `chosen` as for `power_of_study`."""
    return _power_of_rows(plan.study, planned_rows(plan), policy=policy, **chosen)


def _power_of_rows(
    study: Study,
    rows: pd.DataFrame,
    *,
    policy: Policy | None,
    target_power: float = 0.8,
    **assumed: Any,
) -> StudyPower:
    check_target(target_power)
    policy = (policy or default_policy()).for_study(study.disclosure)
    measurements = measurements_of(study, **assumed)
    planned = strata(rows)
    noise = noise_expected(study, rows, policy)
    released = releases_expected(study, rows, measurements, policy)
    own = {
        stratum: replace(
            measurements[stratum[1]],
            employers=replace(measurements[stratum[1]].employers, sizes=part.sizes),
            noise=noise.get(stratum),
        )
        for stratum, part in planned.items()
    }
    shown = {stratum: released[stratum].shown for stratum in planned}
    left = _levels(planned, own, shown, study.analysis.multiplicity)
    own = {stratum: replace(measurement, levels=left[stratum]) for stratum, measurement in own.items()}
    committees = {committee for committee, _ in planned if committee}
    adjusted = study.analysis.multiplicity != "none"
    # How many results are adjusted together: the criteria in all committees, and the criteria over the sector.
    together = Counter(bool(committee) for committee, _ in planned) if adjusted else {True: 1, False: 1}
    found = _Found(target_power)
    table = [
        found.row(stratum, own[stratum], planned[stratum], shown=shown[stratum], family=together[bool(stratum[0])])
        for criterion in measurements
        for stratum in planned
        if stratum[1] == criterion and (stratum[0] or len(committees) > 1)
    ]
    return StudyPower(
        table=pd.DataFrame(table),
        target_power=target_power,
        measurements=own,
        sources={name: source for name, (_, _, source) in assumed_rates(study, assumed.get("rates")).items()},
        multiplicity=study.analysis.multiplicity,
        protection=policy.protection,
        interactions=interaction_reaches(
            study,
            {criterion: found for (committee, criterion), found in own.items() if not committee},
            {criterion: part.rows for (committee, criterion), part in planned.items() if not committee},
            target_power,
        ),
    )


def power_of_measurement(
    measurement: Measurement, count: int, *, target_power: float = 0.8, sources: tuple[str, ...] = ()
) -> StudyPower:
    """Compute what one measurement can show without a study: a table of one row, without names."""
    check_target(target_power)
    planned = Planned(rows=count, sizes=measurement.employers.spread(count))
    row = _Found(target_power).row(("", ""), measurement, planned, shown=True, family=1)
    return StudyPower(
        table=pd.DataFrame([row]),
        target_power=target_power,
        measurements={("", ""): measurement},
        sources={"": sources},
        multiplicity="none",
        protection=default_policy().protection,
    )


def measurements_of(
    study: Study,
    *,
    alpha: float | None = None,
    association: float | None = None,
    employer_correlation: float | None = None,
    rates: Mapping[str, tuple[float, float]] | None = None,
) -> dict[str, Measurement]:
    """Return what is assumed of each criterion; employers have as many pairs as the cap allows.

    Parameters
    ----------
    alpha : float, optional
        Level of the test; default 1 - the study's confidence level.
    association : float, optional
        Within-pair correlation; default from `assumptions.toml`. Of no matter in an unpaired study.
    employer_correlation : float, optional
        Between the pairs of one employer, in truth; default that which the published figures allow for.
    rates : mapping, optional
        Criterion → (control rate, ratio), where the published experiments do not fit.
    """
    allowed = study.analysis.counted_correlation
    return {
        criterion: Measurement(
            pairing=study.pairing,
            control_rate=control,
            ratio=ratio,
            association=float(assumptions()["association"]["value"]) if association is None else association,
            alpha=1 - study.analysis.confidence_level if alpha is None else alpha,
            employers=Employers(
                cap=study.caps.total,
                allowed=allowed,
                correlation=allowed if employer_correlation is None else employer_correlation,
            ),
        )
        for criterion, (control, ratio, _) in assumed_rates(study, rates).items()
    }


def check_target(target: float) -> None:
    """Refuse a power that no measurement has."""
    if not 0 < target < 1:
        raise DesignError(
            say("No power can be computed."),
            [
                Fault(
                    key="power",
                    given=f"{target:g}",
                    expected=say("a power between 0 and 1"),
                    action=say("Give a power such as 0.8."),
                )
            ],
        )


def _levels(
    planned: Mapping[Stratum, Planned],
    own: Mapping[Stratum, Measurement],
    shown: Mapping[Stratum, bool],
    method: str,
) -> dict[Stratum, Levels]:
    """Return for each stratum the levels that the other results of its family leave it.

    The families are those of the analysis: the criteria over the sector, and the criteria in each committee. A hidden
    result stays in its family with p = 1.
    """
    made: dict[Stratum, Levels] = {}
    for family in ([s for s in planned if not s[0]], [s for s in planned if s[0]]):
        rng = np.random.default_rng(DRAWN_WITH)
        number = draws_for(len(family))
        pvalues = np.ones((number, len(family)))
        for place, stratum in enumerate(family):
            if shown[stratum] and planned[stratum].rows > 1:
                count, measurement = planned[stratum].rows, own[stratum]
                drawn = measurement.chances(count).sample(number, rng)
                pvalues[:, place] = measurement.decision(count).pvalues(*drawn)
        known: dict[tuple[str, int, bool], Levels] = {}
        for place, stratum in enumerate(family):
            kind = (stratum[1], planned[stratum].rows, shown[stratum])
            # Results of one criterion and size have the same others, to within the draw.
            if kind not in known:
                others = np.delete(pvalues, place, axis=1)
                known[kind] = levels_left(others, method=method, alpha=own[stratum].alpha)
            made[stratum] = known[kind]
    return made


class _Found:
    """What each stratum shows, computed once where strata are alike."""

    def __init__(self, target: float) -> None:
        self.target = target
        self.known: dict[tuple[Measurement, int, bool], dict[str, float]] = {}

    def row(
        self, stratum: Stratum, measurement: Measurement, planned: Planned, *, shown: bool, family: int
    ) -> dict[str, Any]:
        key = (measurement, planned.rows, shown)
        if key not in self.known:
            self.known[key] = self._needed(measurement) | (
                self._shown(measurement, planned.rows, family) if shown else NOTHING
            )
        return {
            "joint_committee": stratum[0],
            "criterion": stratum[1],
            "pairs": planned.rows,
            "employers": sum(planned.sizes.values()),
            "control_rate": measurement.control_rate,
            "assumed_ratio": measurement.ratio,
            "shown": shown,
            "family": family,
            **self.known[key],
        }

    def _shown(self, measurement: Measurement, count: int, family: int) -> dict[str, float]:
        detectable = measurement.detectable(count, self.target)
        follow_up = measurement.detectable_change(count, count, self.target, family)
        return {
            "power": measurement.power(count),
            "detectable_ratio": np.nan if detectable is None else detectable,
            "ratio_width": measurement.width(count),
            "detectable_follow_up": np.nan if follow_up is None else follow_up,
        }

    def _needed(self, measurement: Measurement) -> dict[str, float]:
        needed = measurement.needed(self.target)
        exact = replace(measurement, noise=None)
        return {
            "pairs_needed": needed,
            "noise_sd": measurement.noise_sd,
            "pairs_for_noise": needed - exact.needed(self.target) if measurement.noise else 0,
        }
