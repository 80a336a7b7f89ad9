"""From the study file (TOML) to a validated `Study`, with every fault at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from corrtest.errors import StudyError, closest, nearest
from corrtest.language import say, say_n
from corrtest.spec.channels import read_channels
from corrtest.spec.client_calls import client_calls
from corrtest.spec.criterion import Criterion, Level
from corrtest.spec.detectability import detectability
from corrtest.spec.languages import document_languages
from corrtest.spec.names import Names, carried, carrying, own_files
from corrtest.spec.naming import check_names, nearest_occupation
from corrtest.spec.options import (
    analysis_options,
    budget,
    disclosure_options,
    documents,
    fieldwork,
    no_repeats,
    partners,
    signal_options,
)
from corrtest.spec.profiles import profile_names
from corrtest.spec.questionnaire_options import risk_analysis, survey
from corrtest.spec.reference import joint_committees
from corrtest.spec.section import NOTHING, Described, Section, key_lines
from corrtest.spec.study import (
    CALL_ANSWERS,
    EMPLOYER_AND_CALLER,
    INSTRUMENTS,
    NOT_REACHED,
    PAIRINGS,
    PRIMARY_OUTCOMES,
    REACTIONS,
    WAVES,
    Approval,
    Caps,
    Committee,
    Instrument,
    Occupation,
    Outcomes,
    Pairing,
    Period,
    SizeStep,
    Study,
    Wave,
    Window,
)
from corrtest.spec.toml_text import parse_toml

_SHARE_TOLERANCE = 1e-9
# A hundred times the classic 200 a stratum: a larger quota is a slip of the pen.
_MOST_PAIRS = 20_000


def read_study(path: str | Path) -> Study:
    """Return the study that a TOML file describes, with the names in `criteria/` and `occupations/` beside it.

    Raises
    ------
    StudyError
        With one fault for each thing that is wrong: file, line, key, what was given, what is allowed, what to do.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise StudyError(
            say("There is no study file {path}. Copy a ready one with: corrtest new SECTOR", path=path)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(
            say("The study file {path} cannot be read ({error}). Save it as plain text, UTF-8.", path=path, error=error)
        ) from None
    return read_study_text(carrying(text, own_files(path.parent)), path.name)


def read_study_text(text: str, file: str) -> Study:
    """Return the study that `text` describes, which carries its own names; `file` is the name that faults carry."""
    if not text.strip():
        raise StudyError(say("The study file {file} is empty. Copy a ready one with: corrtest new SECTOR", file=file))
    values, faults = parse_toml(file, text)
    if values is None:
        raise StudyError(say("The study file {file} is not valid TOML:", file=file), faults)
    root = Section(values, path="", file=file, lines=key_lines(text), faults=faults)
    names = Names(own=carried(root), asked=signal_options(root))
    faults.extend(names.faults)
    study = _study(root, text, names)
    check_names(root, study)
    _check_callers(root, study)
    if faults:
        many = say_n("{count} fault", "{count} faults", len(faults))
        raise StudyError(say("The study file {file} has {many}:", file=file, many=many), faults)
    return study


def _check_callers(root: Section, study: Study) -> None:
    """Refuse to cluster by who called where nobody is named who does."""
    if study.analysis.cluster == EMPLOYER_AND_CALLER and not study.calling.callers:
        root.fault(
            "analysis.cluster",
            given=EMPLOYER_AND_CALLER,
            expected=say("callers, named in [[channels.caller]]"),
            action=say('Name who calls, or write cluster = "employer".'),
        )


def _study(root: Section, text: str, names: Names) -> Study:
    head = root.table("study", required=True)
    period = _period(head)
    instrument = cast(Instrument, head.choice("instrument", INSTRUMENTS, default="correspondence_test"))
    criteria = _criteria(root, required=instrument != "client_calls")
    committees = _committees(root, [criterion.name for criterion in criteria], instrument)
    language = head.choice("language", document_languages(), default="nl")
    channels, calling = read_channels(root)
    calls = instrument == "client_calls"
    caps = _caps(root, period)
    study = Study(
        name=head.name("name"),
        sector=head.name("sector"),
        wave=cast(Wave, head.choice("wave", WAVES)),
        seed=head.integer("seed", low=0),
        language=language,
        instrument=instrument,
        # A call has no twin: it is counted as single applications are.
        pairing=cast(Pairing, head.choice("pairing", PAIRINGS, default="unpaired" if calls else "paired")),
        period=period,
        approval=_approval(root, period),
        committees=committees,
        criteria=criteria,
        occupations=_occupations(root, [committee.number for committee in committees], names, language),
        caps=caps,
        outcomes=_outcomes(root, instrument),
        analysis=analysis_options(root),
        disclosure=disclosure_options(root),
        budget=budget(root),
        fieldwork=fieldwork(root, period),
        documents=documents(root),
        detectability=detectability(root),
        partners=partners(root),
        survey=survey(root),
        risk_analysis=risk_analysis(root),
        source=text,
        names=names,
        profile=head.choice("profile", profile_names()) if "profile" in head.values else None,
        follows=head.text("follows", required=False) or None,
        channels=channels,
        simulated=head.flag("simulated"),
        calling=calling,
        client_calls=client_calls(root, used=calls, most=caps.total),
    )
    head.close()
    root.close()
    return study


def _period(head: Section) -> Period:
    value = head.raw("period")
    expected = say("a first and a last day")
    action = say("Write period = { start = 2027-01-11, end = 2027-07-09 }.")
    if isinstance(value, list) and len(value) == 2:
        value = {"start": value[0], "end": value[1]}
    if not isinstance(value, dict):
        head.fault("period", given=NOTHING if value is None else value, expected=expected, action=action)
        return Period(start=date(2000, 1, 1), end=date(2000, 12, 31))
    section = Section(value, path="study.period", file=head.file, lines=head.lines, faults=head.faults)
    start, end = section.day("start"), section.day("end")
    section.close()
    if start is None or end is None:
        return Period(start=date(2000, 1, 1), end=date(2000, 12, 31))
    if end < start:
        head.fault(
            "period",
            given=Described(say("{start} to {end}", start=start, end=end)),
            expected=say("an end on or after the start"),
            action=action,
        )
    return Period(start=start, end=max(start, end))


def _approval(root: Section, period: Period) -> Approval:
    section = root.table("approval", required=False)
    informed = section.day("employers_informed_on", required=False)
    if informed is not None and informed > period.start:
        section.fault(
            "employers_informed_on",
            given=informed,
            expected=say("a day on or before the start of the period ({start})", start=period.start),
            action=say("Employers are told before the first application goes out: move the period or correct the day."),
        )
    approval = Approval(
        ethics_reference=section.text("ethics_reference", required=False) or None,
        authorised_by=section.text("authorised_by", required=False) or None,
        employers_informed_on=informed,
    )
    section.close()
    return approval


def _criteria(root: Section, *, required: bool) -> tuple[Criterion, ...]:
    criteria = []
    for section in root.tables("criterion", required=required):
        name = section.word("name", default="criterion")
        levels = []
        for item in section.tables("levels", required=True):
            share = item.number("share", low=0.0, high=1.0, default=1.0)
            levels.append(Level(name=item.word("name", default="level"), share=share or 0.0))
            if share == 0:
                item.fault("share", given=0, expected=say("more than 0"), action=say("Delete the level instead."))
            item.close()
        total = math.fsum(level.share for level in levels)
        if levels and abs(total - 1) > _SHARE_TOLERANCE:
            section.fault(
                "levels",
                given=Described(say("shares that sum to {total:g}", total=total)),
                expected=say("shares that sum to 1"),
                action=say("Change the shares."),
            )
        no_repeats(section, "levels", [level.name for level in levels])
        section.close()
        criteria.append(Criterion(name=name, levels=tuple(levels)))
    no_repeats(root, "criterion", [criterion.name for criterion in criteria])
    return tuple(criteria)


def _committees(root: Section, criteria: list[str], instrument: Instrument) -> tuple[Committee, ...]:
    known = joint_committees()
    committees = []
    for section in root.tables("committee", required=True):
        number = _committee_number(section, "number", section.raw("number"), list(known.index))
        wanted: dict[str, int] = {}
        quota = section.table("pairs", required=instrument != "client_calls")
        for criterion in quota.values:
            wanted[criterion] = quota.integer(criterion, low=0, default=0, high=_MOST_PAIRS)
            if criterion not in criteria:
                quota.fault(
                    criterion,
                    given=criterion,
                    expected=say("a criterion that has its own [[criterion]]"),
                    action=nearest(criterion, criteria) if criteria else say("Add a [[criterion]]."),
                )
        section.close()
        committees.append(Committee(number=number, pairs=MappingProxyType(wanted)))
    no_repeats(root, "committee", [committee.number for committee in committees])
    pairs = sum(sum(committee.pairs.values()) for committee in committees)
    if instrument == "correspondence_test" and committees and not pairs:
        root.fault(
            "committee",
            given=Described(say("0 pairs")),
            expected=say("at least 1 pair in all"),
            action=say("Fill in the quotas."),
        )
    if instrument != "correspondence_test" and pairs:
        root.fault(
            "committee",
            given=Described(say("{pairs} pairs", pairs=pairs)),
            expected=say("0 pairs, since the instrument is {instrument}", instrument=instrument),
            action=say('Set the quotas to 0, or write instrument = "correspondence_test".'),
        )
    return tuple(committees)


def _committee_number(section: Section, key: str, value: Any, known: list[str]) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        section.fault(
            key,
            given=Described(say("the number {value}", value=value)),
            expected=say("a text: 322.10 and 322.1 are different committees"),
            action=say('Write {key} = "{value}".', key=key, value=value),
        )
        return str(value)
    if not isinstance(value, str):
        section.fault(
            key,
            given=NOTHING if value is None else value,
            expected=say('a joint committee such as "124"'),
            action=say("Add it."),
        )
        return ""
    if value not in known:
        section.fault(
            key, given=value, expected=say("a Belgian joint committee"), action=nearest_committee(value, known)
        )
    return value


def nearest_committee(value: str, known: list[str]) -> str:
    """Return a hint for a committee number that does not exist: the nearest ones, never the whole list."""
    if closest(value, known):
        return nearest(value, known)
    return say("See the list of joint committees with: corrtest committees")


def _occupations(root: Section, committees: list[str], names: Names, language: str) -> tuple[Occupation, ...]:
    if "occupation" not in root.values:
        root.raw("occupation")
        return ()
    occupations = []
    for section in root.tables("occupation", required=False):
        code = _occupation_code(section, names)
        known = names.occupations.get(code)
        title = known.titles.get(language) if known else None
        occupations.append(
            Occupation(
                code=code,
                title=section.text("title", required=False, default=title.man if title else code),
                committees=section.words("committees", committees, tuple(committees)),
            )
        )
        section.close()
    no_repeats(root, "occupation", [occupation.code for occupation in occupations])
    return tuple(occupations)


def _occupation_code(section: Section, names: Names) -> str:
    """Return the code of the occupation that a table names by its code or by a title."""
    given = section.text("code")
    code = names.occupation_code(given)
    if given and code is None:
        section.fault(
            "code",
            given=given,
            expected=say("an occupation that corrtest or the study knows, by its code or its title"),
            action=nearest_occupation(given, names),
        )
    return code or given


def _caps(root: Section, period: Period) -> Caps:
    section = root.table("caps", required=True)
    total = section.integer("total", low=1)
    window_section = section.table("window", required=True)
    window = Window(pairs=window_section.integer("pairs", low=1), weeks=window_section.integer("weeks", low=1))
    window_section.close()
    if window.pairs > total:
        window_section.fault(
            "pairs",
            given=window.pairs,
            expected=say("no more than the cap in all ({total})", total=total),
            action=say("Lower it or raise caps.total."),
        )
    if window.weeks * 7 > period.days:
        window_section.fault(
            "weeks",
            given=Described(say("{weeks} weeks", weeks=window.weeks)),
            expected=say("a window no longer than the study ({days} days)", days=period.days),
            action=say("Shorten the window or lengthen the period."),
        )
    steps = []
    for item in section.tables("by_size", required=False):
        steps.append(
            SizeStep(
                employees=item.integer("employees", low=1),
                total=item.integer("total", low=1),
                window_pairs=item.integer("window_pairs", low=1),
            )
        )
        item.close()
    if [step.employees for step in steps] != sorted({step.employees for step in steps}):
        section.fault(
            "by_size",
            given=Described(say("steps out of order")),
            expected=say("steps that rise with employees"),
            action=say("Sort the steps."),
        )
    section.close()
    return Caps(total=total, window=window, by_size=tuple(steps))


# Which reactions an instrument knows, and which are positive unless the study says otherwise: strictly, and broadly. Of
# calls the positive ones are those that go along with the client's wish.
_POSITIVE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "client_calls": (
        tuple(word for word in CALL_ANSWERS if word != NOT_REACHED),
        ("agrees", "hints"),
        ("agrees", "hints", "refers"),
    )
}


def _outcomes(root: Section, instrument: Instrument) -> Outcomes:
    section = root.table("outcomes", required=False)
    usual = (REACTIONS, ("invitation",), ("invitation", "other_positive"))
    allowed, strictly, broadly = _POSITIVE.get(instrument, usual)
    strict = section.words("strict", allowed, strictly)
    broad = section.words("broad", allowed, broadly)
    missing = [word for word in strict if word not in broad]
    if missing:
        section.fault(
            "broad",
            given=list(broad),
            expected=say("every strictly positive reaction as well"),
            action=say("Add {missing}.", missing=", ".join(missing)),
        )
    for key, words in (("strict", strict), ("broad", broad)):
        if not words:
            section.fault(
                key,
                given=Described(say("an empty list")),
                expected=say("at least one reaction"),
                action=say('Add "{word}".', word=strictly[0]),
            )
    primary = section.choice("primary", PRIMARY_OUTCOMES, default=PRIMARY_OUTCOMES[0])
    section.close()
    return Outcomes(strict=strict, broad=broad, primary=cast(Any, primary))
