"""What a study can show: power, detectable ratio and width per joint committee × criterion and for the sector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corrtest.design.paired_rates import PairedRates, assumptions, published_rates
from corrtest.design.plan import pairs_quota
from corrtest.design.power import Clustering, Method, detectable_ratio, mcnemar_power, pairs_needed, power_curve
from corrtest.design.precision import detectable_change, interval_width
from corrtest.errors import DesignError, Fault
from corrtest.spec import Study

__all__ = ["StudyPower", "power_of_study"]

SENTENCES = {
    "en": {
        "shown": "{pairs} pairs show a ratio of {ratio:.2f} or lower in {tens:g} of 10 such measurements.",
        "none": "{pairs} pairs show no ratio in {tens:g} of 10 such measurements, however low: there are too few.",
        "power": "At the published ratio of {assumed:.2f} it is shown in {share:.0f} of 100.",
        "needed": "For {tens:g} of 10 at that ratio, {needed} pairs are needed.",
    },
    "nl": {
        "shown": "{pairs} paren tonen een ratio van {ratio:.2f} of lager in {tens:g} van 10 zulke metingen.",
        "none": "{pairs} paren tonen geen enkele ratio in {tens:g} van 10 zulke metingen: het zijn er te weinig.",
        "power": "Bij de gepubliceerde ratio van {assumed:.2f} wordt die getoond in {share:.0f} van 100.",
        "needed": "Voor {tens:g} van 10 bij die ratio zijn {needed} paren nodig.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPower:
    """What a study can show.

    `table` has one row a committee × criterion and, with joint_committee "", one a criterion over the sector: pairs,
    control_rate, assumed_ratio, power, detectable_ratio, ratio_width, pairs_needed, detectable_follow_up.
    """

    table: pd.DataFrame
    target_power: float
    alpha: float
    method: Method
    association: float
    clustering: Clustering
    sources: Mapping[str, tuple[str, ...]]

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def _repr_html_(self) -> str:
        return str(self.table.to_html(index=False, float_format=lambda value: f"{value:.3f}"))

    def sentences(self, language: str = "en") -> list[str]:
        """Return a plain sentence for each row of the table."""
        words = SENTENCES[language]
        sentences = []
        for row in self.table.to_dict("records"):
            shown = row["detectable_ratio"] == row["detectable_ratio"]
            parts = (words["shown"] if shown else words["none"], words["power"], words["needed"])
            text = " ".join(parts).format(
                pairs=row["pairs"],
                ratio=row["detectable_ratio"],
                tens=self.target_power * 10,
                assumed=row["assumed_ratio"],
                share=row["power"] * 100,
                needed=row["pairs_needed"],
            )
            place = row["joint_committee"] or ("the sector" if language == "en" else "de sector")
            sentences.append(f"{place}, {row['criterion']}: {text}")
        return sentences

    def plot(self, path: str | Path) -> Path:
        """Draw the exact power over the ratio, one line a criterion, for the committees' and the sector's pairs."""
        from matplotlib import rc_context  # noqa: PLC0415  (only a plot needs matplotlib)
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415

        figure = Figure(figsize=(7.5, 4.5), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        drawn = self.table.drop_duplicates(["criterion", "pairs"])
        for row in drawn.to_dict("records"):
            curve = power_curve(
                row["pairs"],
                row["control_rate"],
                self.association,
                alpha=self.alpha,
                method=self.method,
                clustering=self.clustering,
            )
            axes.plot(curve["ratio"], curve["power"], label=f"{row['criterion']}, {row['pairs']} pairs")
        axes.axhline(self.target_power, color="0.5", linestyle="--", linewidth=1)
        axes.set_xlabel("discrimination ratio (treated ÷ control)")
        axes.set_ylabel("power")
        axes.set_ylim(0, 1.02)
        axes.legend(frameon=False, fontsize=8)
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Without dates and random ids the same study gives the same file.
        keep = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
        with rc_context({"svg.hashsalt": "corrtest"}):
            figure.savefig(path, dpi=150, metadata=keep.get(path.suffix.lstrip(".")))
        return path


def power_of_study(
    study: Study,
    *,
    target_power: float = 0.8,
    alpha: float | None = None,
    method: Method = "mid-p",
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
    association : float, optional
        Within-pair correlation; default from `assumptions.toml`.
    clustering : Clustering, optional
        Default: the cap in all as pairs per employer at worst, with the correlation of `assumptions.toml`.
    rates : mapping, optional
        Criterion → (control rate, ratio), where the published experiments do not fit.
    """
    if not 0 < target_power < 1:
        raise DesignError(
            "No power can be computed.",
            [
                Fault(
                    key="power",
                    given=f"{target_power:g}",
                    expected="a power between 0 and 1",
                    action="Give a power such as 0.8.",
                )
            ],
        )
    alpha = 1 - study.analysis.confidence_level if alpha is None else alpha
    association = float(assumptions()["association"]["value"]) if association is None else association
    if clustering is None:
        clustering = Clustering(
            pairs_per_employer=float(study.caps.total),
            correlation=float(assumptions()["employer_correlation"]["value"]),
        )
    quota = pairs_quota(study)
    committees = list(dict.fromkeys(committee for committee, _ in quota))
    rows = []
    sources: dict[str, tuple[str, ...]] = {}
    for criterion in dict.fromkeys(name for _, name in quota):
        if rates and criterion in rates:
            (control, ratio), sources[criterion] = rates[criterion], ()
        else:
            control, ratio, sources[criterion] = published_rates(criterion)
        assumed = PairedRates.from_ratio(control, ratio, association)
        needed = pairs_needed(assumed, power=target_power, alpha=alpha, method=method, clustering=clustering)
        counts = [(committee, quota.get((committee, criterion), 0)) for committee in committees]
        if len(committees) > 1:
            counts.append(("", sum(count for _, count in counts)))
        known: dict[int, dict[str, float]] = {}
        for committee, pairs in counts:
            if not pairs:
                continue
            if pairs not in known:
                detectable = detectable_ratio(
                    pairs, control, association, power=target_power, alpha=alpha, method=method, clustering=clustering
                )
                follow_up = detectable_change(
                    (pairs, assumed),
                    pairs,
                    control,
                    association,
                    power=target_power,
                    alpha=alpha,
                    clustering=clustering,
                )
                known[pairs] = {
                    "power": mcnemar_power(pairs, assumed, alpha=alpha, method=method, clustering=clustering),
                    "detectable_ratio": np.nan if detectable is None else detectable,
                    "ratio_width": interval_width(pairs, assumed, confidence_level=1 - alpha, clustering=clustering),
                    "detectable_follow_up": np.nan if follow_up is None else follow_up,
                }
            rows.append(
                {
                    "joint_committee": committee,
                    "criterion": criterion,
                    "pairs": pairs,
                    "control_rate": control,
                    "assumed_ratio": ratio,
                    **known[pairs],
                    "pairs_needed": needed,
                }
            )
    return StudyPower(
        table=pd.DataFrame(rows),
        target_power=target_power,
        alpha=alpha,
        method=method,
        association=association,
        clustering=clustering,
        sources=sources,
    )
