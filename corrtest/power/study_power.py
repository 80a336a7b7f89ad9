"""What a study can show: power, detectable ratio and width per joint committee × criterion and for the sector."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from corrtest.design import Plan, assumed_rates, assumptions, pairs_quota
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.pages import Catalogue, catalogue
from corrtest.power.mcnemar import Clustering
from corrtest.power.measurement import Measurement, default_clustering
from corrtest.spec import Study

__all__ = ["StudyPower", "power_of_measurement", "power_of_plan", "power_of_study"]

# Without dates and random ids the same study gives the same file.
PLOT_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


NO_LABELS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPower:
    """What a study can show.

    `table` has one row a committee × criterion and, with joint_committee "", one a criterion over the sector: pairs
    (in an unpaired study applications), control_rate, assumed_ratio, power, detectable_ratio, ratio_width,
    detectable_follow_up, pairs_needed. `measurements` is by criterion; `sources` are those of published rates.
    """

    table: pd.DataFrame
    target_power: float
    measurements: Mapping[str, Measurement]
    sources: Mapping[str, tuple[str, ...]]

    @property
    def association(self) -> float:
        """The within-pair correlation that is assumed."""
        return self.first.association

    @property
    def first(self) -> Measurement:
        """Any of the measurements: they share the level, the method, the association and the clustering."""
        return next(iter(self.measurements.values()))

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def _repr_html_(self) -> str:
        return str(self.table.to_html(index=False, float_format=lambda value: f"{value:.3f}"))

    def sentences(self, language: str = "en", labels: Mapping[str, Any] = NO_LABELS) -> list[str]:
        """Return a plain sentence for each row of the table; `labels` name a study's own criteria."""
        words = catalogue(language, "preregistration").with_labels(labels)
        return [self._sentence(row, words) for row in self.table.to_dict("records")]

    def _sentence(self, row: Mapping[Hashable, Any], words: Catalogue) -> str:
        tens = words.short(self.target_power * 10)
        published = words.text("At the published ratio of {ratio} it is shown in {share} of 100.")
        given = words.text("At the given ratio of {ratio} it is shown in {share} of 100.")
        parts = (
            _reach(self.first.pairing, row["pairs"], row["detectable_ratio"], tens, words),
            (published if self.sources[row["criterion"]] else given).format(
                ratio=words.number(row["assumed_ratio"]), share=words.number(row["power"] * 100, 0)
            ),
            words.text(
                "For {tens} of 10 at that ratio, {needed} are needed.",
                tens=tens,
                needed=words.number(row["pairs_needed"], 0),
            ),
            words.text("A follow-up of as many shows no rise of the ratio so surely.")
            if pd.isna(row["detectable_follow_up"])
            else words.text(
                "A follow-up of as many shows that the ratio rose if it is {ratio} or higher.",
                ratio=words.number(row["detectable_follow_up"]),
            ),
        )
        if not row["criterion"]:
            return " ".join(parts)
        place = row["joint_committee"] or words.text("the sector")
        return f"{place}, {words.name('criterion', row['criterion'])}: {' '.join(parts)}"

    def curves(self) -> pd.DataFrame:
        """Return the exact power over 200 ratios, per criterion and number of pairs: criterion, pairs, ratio, power."""
        drawn = self.table.drop_duplicates(["criterion", "pairs"])
        pieces = [
            self.measurements[row["criterion"]]
            .curve(row["pairs"])
            .assign(criterion=row["criterion"], pairs=row["pairs"])
            for row in drawn.to_dict("records")
        ]
        return pd.concat(pieces, ignore_index=True)[["criterion", "pairs", "ratio", "power"]]

    def plot(self, path: str | Path) -> Path:
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
        figure = Figure(figsize=(7.5, 4.5), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        unit = "applications" if self.first.pairing == "unpaired" else "pairs"
        for (criterion, pairs), curve in self.curves().groupby(["criterion", "pairs"], sort=False):
            label = f"{criterion}, {pairs} {unit}" if criterion else f"{pairs} {unit}"
            axes.plot(curve["ratio"], curve["power"], label=label)
        axes.axhline(self.target_power, color="0.5", linestyle="--", linewidth=1)
        axes.set_xlabel(say("discrimination ratio (treated ÷ control)"))
        axes.set_ylabel("power")
        axes.set_ylim(0, 1.02)
        axes.legend(frameon=False, fontsize=8)
        path.parent.mkdir(parents=True, exist_ok=True)
        with rc_context({"svg.hashsalt": "corrtest"}):
            figure.savefig(path, dpi=150, metadata=PLOT_METADATA[path.suffix.lstrip(".")])
        return path


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
    target_power: float = 0.8,
    alpha: float | None = None,
    method: str = "",
    association: float | None = None,
    clustering: Clustering | None = None,
    rates: Mapping[str, tuple[float, float]] | None = None,
) -> StudyPower:
    """Compute what `study` can show.

    Parameters
    ----------
    target_power : float
        The power at which detectable ratios and needed pairs are given.
    alpha : float, optional
        Level of the test; default 1 - the study's confidence level.
    method : str
        "mid-p" or "exact" (McNemar) for pairs, "score" or "exact" (Fisher) for single applications; default the first.
    association : float, optional
        Within-pair correlation; default from `assumptions.toml`. Of no matter in an unpaired study.
    clustering : Clustering, optional
        Default: the cap in all as pairs per employer at worst, with the correlation of `assumptions.toml`.
    rates : mapping, optional
        Criterion → (control rate, ratio), where the published experiments do not fit.
    """
    quota = pairs_quota(study)
    committees = list(dict.fromkeys(committee for committee, _ in quota))
    measurements: dict[str, Measurement] = {}
    sources: dict[str, tuple[str, ...]] = {}
    rows: list[tuple[str, str, int]] = []
    for criterion, (control, ratio, source) in assumed_rates(study, rates).items():
        sources[criterion] = source
        measurements[criterion] = Measurement(
            pairing=study.pairing,
            control_rate=control,
            ratio=ratio,
            association=float(assumptions()["association"]["value"]) if association is None else association,
            alpha=1 - study.analysis.confidence_level if alpha is None else alpha,
            method=method,
            clustering=default_clustering(study) if clustering is None else clustering,
        )
        counts = [(committee, quota.get((committee, criterion), 0)) for committee in committees]
        if sum(count > 0 for _, count in counts) > 1:
            counts.append(("", sum(count for _, count in counts)))
        rows.extend((committee, criterion, count) for committee, count in counts if count)
    return StudyPower(
        table=_table(rows, measurements, target_power),
        target_power=target_power,
        measurements=measurements,
        sources=sources,
    )


def power_of_plan(plan: Plan) -> StudyPower:
    """Compute what a plan can show."""
    return power_of_study(plan.study)


def power_of_measurement(
    measurement: Measurement, count: int, *, target_power: float = 0.8, sources: tuple[str, ...] = ()
) -> StudyPower:
    """Compute what one measurement can show without a study: a table of one row, without names."""
    table = _table([("", "", count)], {"": measurement}, target_power)
    return StudyPower(table=table, target_power=target_power, measurements={"": measurement}, sources={"": sources})


def _table(
    rows: Sequence[tuple[str, str, int]], measurements: Mapping[str, Measurement], target: float
) -> pd.DataFrame:
    """Compute each row once: committees with as many pairs of one criterion show the same."""
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
    needed = {criterion: measurement.needed(target) for criterion, measurement in measurements.items()}
    known: dict[tuple[str, int], dict[str, float]] = {}
    table = []
    for committee, criterion, count in rows:
        measurement = measurements[criterion]
        if (criterion, count) not in known:
            known[(criterion, count)] = _shown(measurement, count, target)
        table.append(
            {
                "joint_committee": committee,
                "criterion": criterion,
                "pairs": count,
                "control_rate": measurement.control_rate,
                "assumed_ratio": measurement.ratio,
                **known[(criterion, count)],
                "pairs_needed": needed[criterion],
            }
        )
    return pd.DataFrame(table)


def _shown(measurement: Measurement, count: int, target: float) -> dict[str, float]:
    detectable = measurement.detectable(count, target)
    follow_up = measurement.detectable_change(count, count, target)
    return {
        "power": measurement.power(count),
        "detectable_ratio": np.nan if detectable is None else detectable,
        "ratio_width": measurement.width(count),
        "detectable_follow_up": np.nan if follow_up is None else follow_up,
    }
