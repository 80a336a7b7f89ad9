"""What the verbs on power take: a study with assumptions of one's own, or a measurement without a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.output import show
from corrtest.cli.places import Places
from corrtest.errors import DesignError, nearest
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.design import DrawnPlan
    from corrtest.power import StudyPower
    from corrtest.spec import Study

LANGUAGES = ("en", "nl")
CURVES, CURVE_PICTURES = ".csv", (".png", ".svg", ".pdf")

ControlRate = Annotated[float | None, typer.Option(help="Positive rate of the control arm; default a published one.")]
Ratio = Annotated[float | None, typer.Option(help="Ratio to show, treated ÷ control; default a published one.")]
Association = Annotated[
    float | None, typer.Option(help="Within-pair correlation of the two answers; default a published value.")
]
Target = Annotated[float, typer.Option("--power", help="How sure a detectable ratio must be found.")]
Alpha = Annotated[float | None, typer.Option(help="Level of the two-sided test; default from the study, or 0.05.")]
Width = Annotated[
    float | None, typer.Option(help="Also say what it takes for an interval of the ratio no wider than this.")
]
Curves = Annotated[
    list[Path] | None,
    typer.Option(
        "--out",
        help="Also write the power at 200 ratios (a .csv file) or draw its curves (.png, .svg, .pdf); may be repeated.",
    ),
]
Unpaired = Annotated[bool, typer.Option("--unpaired", help="One application a vacancy, its arm drawn.")]
PublishedCriterion = Annotated[
    str | None, typer.Option("--criterion", help="The criterion whose published rates are assumed.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutStudy:
    """A measurement that no study file describes."""

    pairs: int
    unpaired: bool = False
    criterion: str | None = None
    control_rate: float | None = None
    ratio: float | None = None
    association: float | None = None
    pairs_per_employer: int = 1
    employer_correlation: float | None = None
    alpha: float | None = None

    def power(self, target: float) -> StudyPower:
        """Return what so many pairs show at given or published rates."""
        from corrtest.design import assumptions, published_rates
        from corrtest.power import Employers, Measurement, power_of_measurement
        from corrtest.spec import AnalysisOptions

        control_rate, ratio = self.control_rate, self.ratio
        sources: tuple[str, ...] = ()
        if self.criterion is not None:
            published = published_rates(self.criterion)
            sources = published[2] if control_rate is None and ratio is None else ()
            control_rate, ratio = control_rate or published[0], ratio or published[1]
        if control_rate is None or ratio is None:
            raise DesignError(
                say("Without a study the rates are needed: --control-rate and --ratio, or a --criterion.")
            )
        allowed, correlation = AnalysisOptions().employer_correlation, self.employer_correlation
        measurement = Measurement(
            pairing="unpaired" if self.unpaired else "paired",
            control_rate=control_rate,
            ratio=ratio,
            association=float(assumptions()["association"]["value"]) if self.association is None else self.association,
            alpha=0.05 if self.alpha is None else self.alpha,
            employers=Employers(
                cap=self.pairs_per_employer,
                allowed=allowed,
                correlation=allowed if correlation is None else correlation,
            ),
        )
        return power_of_measurement(measurement, self.pairs, target_power=target, sources=sources)


def study_and_plan(study_file: Path | None) -> tuple[Study, DrawnPlan | None]:
    """Return the study, and the plan where the study folder has one; a study that is named apart has none."""
    from corrtest.design import read_drawn_plan
    from corrtest.spec import read_study

    places = Places.around(study_file)
    study = read_study(places.study(study_file))
    if study.client_calls is not None or places.folder is None or not places.folder.plan_versions():
        return study, None
    return study, read_drawn_plan(places.folder.plan)


def power_of(
    study: Study,
    plan: DrawnPlan | None,
    *,
    policy: Path | None = None,
    pairs_per_employer: int | None = None,
    **chosen: Any,
) -> StudyPower:
    """Return what a plan can show, or a study that has none."""
    from corrtest.disclosure import read_policy
    from corrtest.power import power_of_plan, power_of_study

    base = read_policy(policy) if policy else None
    if plan is not None:
        return power_of_plan(plan, policy=base, **chosen)
    return power_of_study(study, policy=base, pairs_per_employer=pairs_per_employer, **chosen)


def own_rates(study: Study, control_rate: float | None, ratio: float | None) -> dict[str, tuple[float, float]] | None:
    """Return criterion → (control rate, ratio) where the options give one of the two."""
    from corrtest.design import published_rates

    if control_rate is None and ratio is None:
        return None
    if control_rate is not None and ratio is not None:
        return {criterion.name: (control_rate, ratio) for criterion in study.criteria}
    known = {criterion.name: published_rates(criterion.name, study.names) for criterion in study.criteria}
    return {name: (control_rate or own[0], ratio or own[1]) for name, own in known.items()}


def known_language(language: str) -> str:
    """Return a language that the sentences on power are written in."""
    if language not in LANGUAGES:
        raise DesignError(
            say(
                "There is no language '{language}' for these sentences. {nearest}",
                language=language,
                nearest=nearest(language, LANGUAGES),
            )
        )
    return language


def check_curves(paths: Sequence[Path]) -> None:
    """Refuse, before anything is computed, a file of another form."""
    for path in paths:
        if path.suffix not in (CURVES, *CURVE_PICTURES):
            allowed = ", ".join((CURVES, *CURVE_PICTURES))
            raise DesignError(
                say(
                    "Power is a table or a picture: give a file that ends in {allowed}, not '{file}'.",
                    allowed=allowed,
                    file=path.name,
                )
            )


def write_curves(shown: StudyPower, paths: Sequence[Path], language: str, study: Study | None = None) -> None:
    """Write the power at many ratios: a table, or a picture in a language."""
    labels = {} if study is None else study.names.own_labels()
    for path in paths:
        if path.suffix == CURVES:
            path.parent.mkdir(parents=True, exist_ok=True)
            shown.curves().to_csv(path, index=False, lineterminator="\n")
        else:
            shown.plot(path, language, labels)


def say_sources(sources: Mapping[str, Sequence[str]], curves: Sequence[Path]) -> None:
    """Say where the rates come from that were assumed, and where the curves are."""
    named = sorted({source for several in sources.values() for source in several})
    if named:
        show(say("Rates and ratios assumed are those published for Belgium: {words}.", words="; ".join(named)))
    for path in curves:
        what = say("The power at 200 ratios is") if path.suffix == CURVES else say("The power curves are")
        show(say("{what} in {path}.", what=what, path=path))
