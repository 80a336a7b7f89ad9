"""A follow-up from its baseline: the folder, the tests that the change takes, and what employers got before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import show
from corrtest.cli.places import Places, shown
from corrtest.errors import StudyError
from corrtest.language import say, say_n, written

if TYPE_CHECKING:
    from corrtest.power import FollowUp
    from corrtest.spec import StudyFolder


def make_follow_up(sector: str, baseline: Path, out: Path, ratio: float | None) -> StudyFolder:
    """Make the folder of the follow-up of `baseline`, powered to tell `ratio` from the baseline's where it is given."""
    from corrtest.power import follow_ups, quotas_of_follow_up
    from corrtest.spec import folder_of_text, follow_up_text, read_study, write_quotas

    places = Places.around(baseline)
    study = read_study(places.study(baseline))
    if study.sector != sector:
        raise StudyError(
            say(
                "{name} is a study of the sector '{found}', not of '{sector}'. Type: corrtest new {found} …",
                name=study.name,
                found=study.sector,
                sector=sector,
            )
        )
    text = follow_up_text(study.source, places.study(baseline).name)
    found = () if ratio is None else follow_ups(study, ratio, _released_rates(places))
    made = folder_of_text(text, out)
    if found:
        write_quotas(made.study, quotas_of_follow_up(study, found))
    for each in found:
        show(_sentence(each))
    _carry_load(places, made)
    return made


def _sentence(found: FollowUp) -> str:
    facts = {
        "criterion": found.criterion,
        "before": written(found.before, ".2f"),
        "after": written(found.after, ".2f"),
        "tests": found.tests,
        "share": written(found.power, ".0%"),
    }
    start = say(
        "{criterion}: as many tests as the baseline ({tests}) tell {after} from {before} in {share} of such follow-ups",
        **facts,
    )
    if found.needed is None:
        reach = "–" if found.reach is None else written(found.reach, ".2f")
        return say(
            "{start}; ten times as many do not reach 80%, so the tests stay as they were. They tell a ratio from "
            "{reach} on.",
            start=start,
            reach=reach,
        )
    if found.needed == found.tests:
        return say("{start}: enough.", start=start)
    return say("{start}; 80% takes {needed}, which the study file now asks.", start=start, needed=found.needed)


def _released_rates(places: Places) -> dict[str, tuple[float, float]] | None:
    """Return criterion → (control rate, ratio) of the baseline, as released over the sector; None where nothing is."""
    from corrtest.analysis import primary_outcome
    from corrtest.disclosure import read_releases

    report = None if places.folder is None else places.folder.report / "report.json"
    if report is None or not report.is_file():
        show(say("The baseline has no report/report.json: published ratios are assumed in the place of its own."))
        return None
    releases = read_releases(report)
    leads = primary_outcome(releases.outcomes(), releases.study)
    rates = {}
    for each in releases:
        if each.outcome != leads or each.joint_committee or each.level or any(each.extra.values()):
            continue
        control, ratio = each.estimate("positive_rate_control"), each.estimate("discrimination_ratio")
        if each.criterion and control is not None and ratio is not None and control.value and ratio.value:
            rates[each.criterion] = (control.value, ratio.value)
    return rates


def _carry_load(places: Places, made: StudyFolder) -> None:
    """Put what employers get by the baseline's plan among the secrets of the follow-up, whose plan counts it."""
    from corrtest.design import read_plan
    from corrtest.spec import write_private

    if places.folder is None or not places.folder.plan_versions():
        show(say("The baseline has no plan here, so its load on employers is not counted: see --already-sent of plan."))
        return
    pairs = read_plan(places.folder.plan).pairs
    days = [name for name in ("send_first_on", "send_second_on") if name in pairs]
    made.make_secret()
    write_private(
        made.already_sent,
        pairs[["employer_id", *days]].to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n").encode(),
    )
    show(
        say_n(
            "{count} pair of the baseline counts towards its employer's cap: {file}.",
            "{count} pairs of the baseline count towards their employers' caps: {file}.",
            len(pairs),
            file=shown(made.already_sent),
        )
    )
