"""Every error that a user can meet, as one tree.

::

    CorrtestError                 exit code 2: wrong use or wrong input
    ├── InputError                a table or file that the user gave (CSV, XLSX, Parquet, JSON)
    ├── StudyError                the study file (TOML)
    ├── DesignError               quotas, caps, vacancies and the frozen plan
    ├── GeneratorError            personas, templates, documents
    ├── RegisterError             the fieldwork register
    ├── AnalysisError             counts, estimates, tests
    ├── DisclosureError           the gate and its policy
    ├── ReportError               the uniform report
    ├── MissingExtraError         an optional part that is not installed
    └── CheckFailed               exit code 1: the input was read, and a check on it failed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corrtest.language import say

# A message that lists more faults than this hides the first ones, which are the ones to mend first.
SHOWN_FAULTS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong in an input: where, what was given, what was expected, what to do.

    `line` and `row` count from 1 as an editor and Excel show them (row 1 is the header).
    """

    file: str | None = None
    key: str | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None
    given: str | None = None
    expected: str
    action: str

    def __str__(self) -> str:
        places = (
            self.file,
            say("line {line}", line=self.line) if self.line is not None else None,
            say("row {row}", row=self.row) if self.row is not None else None,
            say("column '{column}'", column=self.column) if self.column is not None else None,
            say("key '{key}'", key=self.key) if self.key is not None else None,
        )
        where = ", ".join(place for place in places if place)
        told = (
            say("expected {expected}", expected=self.expected)
            if self.given is None
            else say("got {given}; expected {expected}", given=self.given, expected=self.expected)
        )
        return f"{where + ': ' if where else ''}{told}. {self.action}"


class CorrtestError(ValueError):
    """A fault with one clear message; `faults` holds each place when there are several."""

    exit_code = 2

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        self.message = message
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self.text())

    def text(self) -> str:
        """Return the message followed by its faults, one a line."""
        shown = [f"  - {fault}" for fault in self.faults[:SHOWN_FAULTS]]
        hidden = len(self.faults) - len(shown)
        if hidden:
            shown.append(
                say("  … and {hidden} more of the same kind; mend these first and run it again.", hidden=hidden)
            )
        return "\n".join([self.message, *shown])


class InputError(CorrtestError):
    """A table or file that the user gave cannot be used as it is."""


class InputWarning(UserWarning):
    """Something about a table that its owner should know, although it can be used."""


class StudyError(CorrtestError):
    """The study file cannot be used as it is."""


class DesignError(CorrtestError):
    """No plan can be made, or a plan is not what its manifest says."""


class GeneratorError(CorrtestError):
    """A document cannot be made."""


class RegisterError(CorrtestError):
    """The register refuses what was asked."""


class AnalysisError(CorrtestError):
    """A statistic cannot be computed from what was given."""


class DisclosureError(CorrtestError):
    """Something was about to leave that the policy does not allow, or the policy is unusable."""


class ReportError(CorrtestError):
    """The report cannot be written."""


class MissingExtraError(CorrtestError):
    """An optional part is not installed; the message gives the one line that installs it."""

    def __init__(self, extra: str, purpose: str) -> None:
        self.extra = extra
        super().__init__(
            say(
                "{purpose} needs an optional part. Install it with: pip install 'corrtest[{extra}]'",
                purpose=purpose,
                extra=extra,
            )
        )


class CheckFailed(CorrtestError):
    """The input was read and a check on it failed."""

    exit_code = 1


def closest(given: str, allowed: Sequence[str]) -> str | None:
    """Return the allowed word that `given` was probably meant to be, if any is near."""
    close = difflib.get_close_matches(given, allowed, n=1, cutoff=0.6)
    return close[0] if close else None


def nearest(given: str, allowed: Sequence[str]) -> str:
    """Return a hint that names the allowed word nearest to `given`, or all allowed words."""
    word = closest(given, allowed)
    if word is not None:
        return say("Did you mean '{word}'?", word=word)
    return say("Use one of: {words}.", words=", ".join(sorted(allowed)))
