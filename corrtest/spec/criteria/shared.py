"""What both arms of a pair carry alike besides the signal, so that two signals can be crossed.

Origin is tested among women, or among candidates of fifty, by a level whose `shared` says so. Four such levels, two of
each signal, make the four cells of a combination: see `corrtest.spec.combinations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from corrtest.language import say
from corrtest.spec.section import Described, Section

__all__ = ["NOTHING_SHARED", "ExtraYears", "Shared", "read_ages", "read_shared"]

ExtraYears = Literal["same_sector", "other_sector", "inactive"]
EXTRA_YEARS: tuple[ExtraYears, ...] = ("same_sector", "other_sector", "inactive")

# Ages at which someone has a diploma and two jobs behind them, and still looks for one.
_YOUNGEST, _OLDEST, _LEAST_EXTRA_YEARS = 28, 66, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What both arms carry: the origin of their names, their gender, their age; None = as in any pair.

    `control_age` is the age up to which the careers are those of younger candidates; the years from then to `age` are
    filled as `extra_years` says, in both.
    """

    names: str | None = None
    gender: str | None = None
    age: int | None = None
    control_age: int | None = None
    extra_years: ExtraYears | None = None


NOTHING_SHARED = Shared()


def read_shared(level: Section) -> Shared:
    """Return a level's table `shared`; faults go to the section's list."""
    if "shared" not in level.values:
        return NOTHING_SHARED
    section = level.table("shared", required=True)
    age: int | None = None
    control: int | None = None
    extra: ExtraYears | None = None
    if "control_age" in section.values:
        age, control, extra = read_ages(section)
    elif "age" in section.values:
        age = section.integer("age", low=_YOUNGEST, high=_OLDEST)
    found = Shared(
        names=section.text("names", required=False) or None,
        gender=section.choice("gender", ("woman", "man"), default="woman") if "gender" in section.values else None,
        age=age,
        control_age=control,
        extra_years=extra,
    )
    for key in ("names", "gender", "age"):
        if key in section.values and key in level.values:
            section.fault(
                key,
                given=Described(say("what the level itself is told by")),
                expected=say("what both arms carry besides"),
                action=say("Delete the key."),
            )
    section.close()
    return found


def read_ages(section: Section) -> tuple[int, int, ExtraYears]:
    """Return an older age, the younger one against which it stands, and what fills the years between."""
    age, control = (section.integer(key, low=_YOUNGEST) for key in ("age", "control_age"))
    if age > _OLDEST or age - control < _LEAST_EXTRA_YEARS:
        section.fault(
            "age",
            given=Described(say("{age} against {control}", age=age, control=control)),
            expected=say(
                "an age up to {oldest}, at least {least_extra_years} years above control_age",
                oldest=_OLDEST,
                least_extra_years=_LEAST_EXTRA_YEARS,
            ),
            action=say("Change the ages."),
        )
    return age, control, cast(ExtraYears, section.choice("extra_years", EXTRA_YEARS))
