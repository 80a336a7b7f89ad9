"""Whether every name of a study is known, and can be written in the study's language and layouts."""

from __future__ import annotations

from corrtest.errors import closest, nearest
from corrtest.language import say
from corrtest.resources import template_set_names
from corrtest.spec.criterion import Criterion
from corrtest.spec.names import Names
from corrtest.spec.section import Described, Section
from corrtest.spec.study import Study

__all__ = ["check_names", "nearest_occupation"]


def check_names(root: Section, study: Study) -> None:
    """Note each criterion, level, occupation and layout that no later step could use."""
    for number, criterion in enumerate(study.criteria):
        _check_criterion(root.item("criterion", number), study, criterion)
    if study.instrument != "correspondence_test":
        return
    for number, occupation in enumerate(study.occupations):
        known = study.names.occupations.get(occupation.code)
        if known is not None and study.language not in known.texts:
            _without(root.item("occupation", number), "code", occupation.code, study.language, "occupations")
    _check_committees(root, study)
    _check_layouts(root.table("fieldwork", required=False), study)


def nearest_occupation(given: str, names: Names) -> str:
    """Return a hint for an occupation that is not known."""
    titles = {title for each in names.occupations.values() for one in each.titles.values() for title in one.every()}
    known = [*names.occupations, *sorted(titles)]
    hint = nearest(given, known if closest(given, known) else list(names.occupations))
    return say("{hint} A new one is a file occupations/CODE.toml beside the study file.", hint=hint)


def _check_criterion(section: Section, study: Study, criterion: Criterion) -> None:
    name, known = criterion.name, study.names.criteria.get(criterion.name)
    if known is None and section.values.get("name") != name:
        return
    if known is None:
        section.fault(
            "name",
            given=name,
            expected=say("a criterion that corrtest or the study knows"),
            action=say(
                "{nearest} A new one is a file criteria/{name}.toml beside the study file.",
                nearest=nearest(name, list(study.names.criteria)),
                name=name,
            ),
        )
        return
    for number, level in enumerate(criterion.levels):
        item = section.item("levels", number)
        found = known.levels.get(level.name)
        if found is None and item.values.get("name") == level.name:
            item.fault(
                "name",
                given=level.name,
                expected=say("a level of the criterion '{name}'", name=name),
                action=nearest(level.name, list(known.levels)),
            )
        elif found is not None and study.instrument == "correspondence_test":
            if not found.writable_in(study.language):
                _without(item, "name", level.name, study.language, "criteria")
            _check_stated(item, study, level.name, name)


def _check_stated(section: Section, study: Study, level: str, criterion: str) -> None:
    """Note a level that has no nationality or mother tongue where the study states it by level."""
    found = study.names.criteria[criterion].levels[level]
    texts = found.texts.get(study.language)
    for key in ("nationality", "mother_tongue"):
        if found.shared.names and getattr(study.documents, key) == "by_level":
            section.fault(
                "name",
                given=level,
                expected=say(
                    "a level whose arms do not both carry names of an origin, since [documents] states {key} by level",
                    key=key,
                ),
                action=say('Choose "same" or "omitted" for {key} in [documents].', key=key),
            )
        if found.names and getattr(study.documents, key) == "by_level" and not (texts and getattr(texts, key)):
            section.fault(
                "name",
                given=level,
                expected=say(
                    "a level with a {key} in '{language}', since [documents] states it by level",
                    key=key,
                    language=study.language,
                ),
                action=say(
                    'Add {key} to [levels.{level}.{language}] of criteria/{criterion}.toml, or choose "same" or '
                    '"omitted" in [documents].',
                    key=key,
                    level=level,
                    language=study.language,
                    criterion=criterion,
                ),
            )


def _without(section: Section, key: str, name: str, language: str, folder: str) -> None:
    section.fault(
        key,
        given=name,
        expected=say("a name with texts in language '{language}'", language=language),
        action=say(
            "Add them in a file of {folder}/ beside the study file, or write the study in another language.",
            folder=folder,
        ),
    )


def _check_committees(root: Section, study: Study) -> None:
    """Note each committee with a quota in which none of the study's occupations is tested."""
    tested = {number for occupation in study.occupations for number in occupation.committees}
    for number, committee in enumerate(study.committees):
        if study.occupations and sum(committee.pairs.values()) and committee.number not in tested:
            root.item("committee", number).fault(
                "pairs",
                given=Described(say("{pairs} pairs and no occupation", pairs=sum(committee.pairs.values()))),
                expected=say("an occupation that is tested in committee {committee}", committee=committee.number),
                action=say(
                    'Add "{committee}" to the committees of an [[occupation]], or set the quotas to 0.',
                    committee=committee.number,
                ),
            )


def _check_layouts(fieldwork: Section, study: Study) -> None:
    usable = template_set_names(study.language)
    chosen = study.fieldwork.templates
    for name in chosen:
        if name not in usable:
            fieldwork.fault(
                "templates",
                given=name,
                expected=say("a layout that writes language '{language}'", language=study.language),
                action=nearest(name, usable) if usable else say("Add one to cv_templates/."),
            )
    least = 2 if study.pairing == "paired" else 1
    if len(chosen or usable) < least:
        fieldwork.fault(
            "templates",
            given=Described(", ".join(chosen or usable) or say("none")),
            expected=say("at least two layouts: the two applications of a pair have different ones")
            if least > 1
            else say("a layout"),
            action=say(
                "Name {value} of: {usable}.", value=say("two") if least > 1 else say("one"), usable=", ".join(usable)
            ),
        )
