"""A joint committee as people write it, and what they can mean by a number that lost its zeros."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from corrtest.spec.intake.answers import NONE, Reading, answered
from corrtest.spec.intake.words import folded
from corrtest.spec.reference import joint_committees
from corrtest.spec.study import Study

_NUMBER = re.compile(r"\d+(?:\.\d+)*")
# The code of social security writes 322.01 as 3220100.
_CODE = re.compile(r"(\d{3})(\d{2})(\d{2})?")


def read_committee(given: str, study: Study, answers: Mapping[str, str]) -> Reading:
    """Return the committee of the study that a text stands for, NONE where it is none of them.

    "PC 330", "330.00" and "330 - gezondheidsinrichtingen" are 330. A number that lost its zeros (322.1) is 322.01 or
    322.10: where both fall under one committee of the study that is it, and else a person says which.
    """
    if answer := answered(answers, given):
        return Reading(code=_of_study(answer, study) or NONE)
    known = joint_committees().index
    numbers = _NUMBER.findall(given.replace(",", "."))
    if len(numbers) != 1:
        number = _names().get(folded(given), "")
        return Reading(code=_of_study(number, study) or NONE) if number else Reading()
    number = numbers[0]
    while number.endswith(".00") and number not in known:
        number = number.removesuffix(".00")
    if number in known:
        return Reading(code=_of_study(number, study) or NONE)
    return _in_part(number, study)


def _in_part(number: str, study: Study) -> Reading:
    """Return what a number can be that is no committee itself, and begins with that of one."""
    known, root = joint_committees().index, number[:3]
    tested = [each.number for each in study.committees]
    parts = [each for each in tested if each.startswith(f"{root}.")]
    if root not in known:
        return Reading()
    if not parts:
        return Reading(code=root if root in tested else NONE)
    found = _completed(number)
    return Reading(
        proposal=found[0] if len(found) == 1 else "",
        candidates=found or tuple(each for each in known if each.startswith(root)),
    )


def _completed(number: str) -> tuple[str, ...]:
    """Return the committees that a number may be which lost zeros or points."""
    known = joint_committees().index
    head, _, last = number.rpartition(".")
    forms = [f"{head}.0{last}", f"{head}.{last}0"] if head and len(last) == 1 else []
    if code := _CODE.fullmatch(number):
        parts = [part for part in code.groups() if part and part != "00"]
        forms.append(".".join(parts))
    return tuple(form for form in dict.fromkeys(forms) if form in known)


def _of_study(number: str, study: Study) -> str:
    """Return the study's committee that a number falls under (itself or the nearest parent), "" where none."""
    numbers = {committee.number for committee in study.committees}
    while number and number not in numbers:
        number = number.rpartition(".")[0]
    return number


@cache
def _names() -> Mapping[str, str]:
    table = joint_committees()
    return {folded(name): str(number) for column in ("name_nl", "name_fr") for number, name in table[column].items()}
