"""The ways in which one can apply, and [channels] of the study file: those by which a study tests, and who calls."""

from __future__ import annotations

from corrtest.language import say
from corrtest.spec.calling import Caller, Calling
from corrtest.spec.columns import table_columns
from corrtest.spec.section import Section
from corrtest.spec.study import ARMS

__all__ = ["read_channels", "vacancy_channels"]


def vacancy_channels() -> tuple[str, ...]:
    """Return the ways in which one can apply, as the column `channel` of the vacancies names them."""
    return next(tuple(map(str, column.choices)) for column in table_columns("vacancies") if column.name == "channel")


def read_channels(root: Section) -> tuple[tuple[str, ...], Calling]:
    """Return the channels that a study declares, none where it has no [channels], and how it calls."""
    if "channels" not in root.values:
        return (), Calling()
    section = root.table("channels", required=False)
    declared = section.words("declared", vacancy_channels())
    attempts = section.integer("attempts", low=1, high=20, default=Calling().attempts)
    callers = _callers(section) if "caller" in section.values else ()
    section.close()
    return declared, Calling(attempts=attempts, callers=callers)


def _callers(section: Section) -> tuple[Caller, ...]:
    """Return the callers. Both calls of a pair are made within a group: each needs two, and one for each arm."""
    callers = []
    for each in section.tables("caller", required=False):
        arms = each.words("arms", ARMS, ARMS)
        callers.append(
            Caller(name=each.word("name", default="caller"), group=each.word("group", default="a"), arms=arms)
        )
        each.close()
    for group in sorted({caller.group for caller in callers}):
        members = [caller for caller in callers if caller.group == group]
        alone = [arm for arm in ARMS if not any(arm in caller.arms for caller in members)]
        if len({caller.name for caller in members}) < 2 or len(members) < 2 or alone:
            section.fault(
                "caller",
                given=", ".join(caller.name for caller in members),
                expected=say("two callers or more in group '{group}', and one for each arm", group=group),
                action=say("Add a caller of the same training, or put the caller in another group."),
            )
    names = [caller.name for caller in callers]
    if len(set(names)) < len(names):
        section.fault(
            "caller", given=", ".join(names), expected=say("each name once"), action=say("Rename the repeated ones.")
        )
    return tuple(callers)
