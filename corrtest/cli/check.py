"""The verb check: every fault of the inputs at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from corrtest.cli.options import AsJson, StudyFile, Vacancies
from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.places import Places
from corrtest.cli.released import account_in, in_words
from corrtest.errors import CorrtestError, Fault
from corrtest.language import say, say_n, written

if TYPE_CHECKING:
    from pathlib import Path

    from corrtest.design import Feasibility
    from corrtest.generator import Pools
    from corrtest.spec import Study


def check(study_file: StudyFile = None, vacancies: Vacancies = None, as_json: AsJson = False) -> None:
    """Report every fault of the inputs at once; nothing is written."""
    from corrtest.spec import read_study, vacancy_files

    places = Places.around(study_file)
    path = places.study(study_file)
    if vacancies is None and places.folder is not None and vacancy_files(places.folder.vacancies):
        vacancies = places.folder.vacancies
    found = _Found()
    study = None
    try:
        study = read_study(path)
    except CorrtestError as error:
        found.refused(error)
    pools = None
    if study is not None:
        pools = _pools(places, study, found)
        _check_further(study, path.name, pools, found)
    supply = None if study is None else _supply(places, study, path.name, vacancies, found)
    left = None if places.folder is None else account_in(places.folder.release_log)
    if as_json:
        show_json(
            {
                "ok": not found.messages,
                "messages": found.messages,
                "faults": [asdict(fault) for fault in found.faults],
                "warnings": [*(supply.warnings if supply else ()), *_of_callers(study)],
                "released": None if left is None else asdict(left),
            }
        )
    elif supply is not None:
        _show_supply(supply)
    if found.messages:
        raise CorrtestError(" ".join(found.messages), found.faults)
    if as_json or study is None or pools is None:
        return
    _show_order(path.name, study)
    for warning in _of_callers(study):
        show(f"! {warning}")
    if study.disclosure.protection == "all_but_one":
        _show_price(study)
    if study.instrument == "correspondence_test":
        _show_recognition(study, pools)
    if left is not None:
        show(in_words(left))
    if study.approval.missing:
        show(say("Still to fill in before anything can be sent: {words}.", words=", ".join(study.approval.missing)))


def _show_order(name: str, study: Study) -> None:
    """Say that the study file is in order, and what it measures."""
    if study.client_calls is not None:
        show(say("{file} is in order: firms are called by a client.", file=name))
    elif study.instrument == "survey":
        show(say("{file} is in order: a survey of {count} respondents.", file=name, count=study.survey.respondents))
    elif study.instrument == "risk_analysis":
        risks = len(study.risk_analysis.areas) * len(study.criteria)
        count = study.risk_analysis.answerers
        show(say("{file} is in order: {count} people judge {risks} risks.", file=name, count=count, risks=risks))
    else:
        show(
            say(
                "{file} is in order: {pairs} in {strata}.",
                file=name,
                pairs=say_n("{count} pair", "{count} pairs", study.pairs_wanted),
                strata=say_n("{count} stratum", "{count} strata", len(study.quota())),
            )
        )


def _of_callers(study: Study | None) -> tuple[str, ...]:
    from corrtest.design import caller_warnings

    return () if study is None else caller_warnings(study)


def _check_firms(places: Places, study: Study, given: Path | None, found: _Found) -> None:
    """Check the firms of a study that calls them, where there are any yet, by planning its calls."""
    from corrtest.design import plan_calls
    from corrtest.spec import read_firms, vacancy_files

    folder = None if places.folder is None else places.folder.frame
    frame = folder if folder is not None and vacancy_files(folder) else given
    if frame is None:
        return
    try:
        plan_calls(study, read_firms(frame, study))
    except CorrtestError as error:
        found.refused(error)


def _show_recognition(study: Study, pools: Pools) -> None:
    """Say how wide the pools of names are beside what a reader for several employers sees of them."""
    from corrtest.generator import recognition

    show_table(
        say("What a reader may meet twice"),
        (
            say("pool"),
            say("entries"),
            say("one employer sees"),
            say("its chance"),
            say("a recruiter's chance"),
            say("entries needed"),
        ),
        [
            (
                say(row.pool),
                row.entries,
                row.seen_by_employer,
                written(row.chance_of_employer, ".0%"),
                written(row.chance_of_recruiter, ".0%"),
                row.needed,
            )
            for row in recognition(study, pools)
        ],
    )
    show(
        say(
            "A recruiter reads for {employers} employers. With the entries needed its chance is {limit}; a study's own "
            "pools, in secret/pools/, widen those of corrtest.",
            employers=study.detectability.recruiter_employers,
            limit=written(study.detectability.recruiter_links, ".0%"),
        )
    )


def _show_price(study: Study) -> None:
    """Say what the stricter protection takes in pairs, before money is spent."""
    from corrtest.language import current
    from corrtest.pages import catalogue
    from corrtest.power import power_of_study

    show(power_of_study(study).price(catalogue(current(), "preregistration")))


def _pools(places: Places, study: Study, found: _Found) -> Pools | None:
    """Return the pools of the study; None where its own cannot be used."""
    try:
        return places.pools(study.language)
    except CorrtestError as error:
        found.refused(error)
        return None


class _Found:
    """What is wrong, gathered over the inputs."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.faults: list[Fault] = []

    def refused(self, error: CorrtestError) -> None:
        self.messages.append(error.message)
        self.faults.extend(error.faults)


def _check_further(study: Study, name: str, pools: Pools | None, found: _Found) -> None:
    """Add what the budget, any plan, the preregistration or the documents could not carry."""
    from corrtest.design import study_refusals
    from corrtest.generator import SHIPPED_POOLS, document_refusals

    refused = [*study_refusals(study), *document_refusals(study, pools or SHIPPED_POOLS)]
    if refused:
        found.faults.extend(refused)
        found.messages.append(say("{name} cannot be carried out as it stands:", name=name))


def _supply(places: Places, study: Study, name: str, vacancies: Path | None, found: _Found) -> Feasibility | None:
    """Return what the vacancies can carry; None where there are none or they cannot be read."""
    from corrtest.design import feasibility, plan_refusals
    from corrtest.spec import read_vacancies

    if study.client_calls is not None:
        _check_firms(places, study, vacancies, found)
        return None
    if vacancies is None:
        return None
    try:
        listed = read_vacancies(vacancies, study)
        supply = feasibility(study, listed)
        short = () if found.faults else plan_refusals(study, listed)
    except CorrtestError as error:
        found.refused(error)
        return None
    if short:
        found.faults.extend(short)
        found.messages.append(say("{name} asks for more than {file} can give:", name=name, file=vacancies.name))
    return supply


def _show_supply(supply: Feasibility) -> None:
    channels = [name for name in supply.table.columns if name.startswith("by_")]
    shown = [name.removeprefix("by_") for name in channels]
    show_table(
        say("What the vacancies can carry"),
        (say("committee"), say("criterion"), say("wanted"), say("vacancies"), say("employers"), say("a week"), *shown),
        [
            (
                row["joint_committee"],
                row["criterion"],
                row["wanted"],
                row["vacancies"],
                row["employers"],
                written(row["vacancies_per_week"], ".0f"),
                *(written(row[name], ".0%") for name in channels),
            )
            for row in supply.table.to_dict("records")
        ],
    )
    for warning in supply.warnings:
        show(f"! {warning}")
