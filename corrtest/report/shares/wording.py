"""What an instrument calls its answers, and which share leads its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corrtest.disclosure import Release
from corrtest.language import mark
from corrtest.pages import Catalogue
from corrtest.report.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one instrument; texts are messages.

    Attributes
    ----------
    title : str
        Of the report; {sector} is filled in.
    unit : str
        What is counted.
    shares : mapping of outcome to str
        What the share of an outcome is called.
    of_others : bool
        Whether the share of the rows that are not positive leads: of calls that is who does not go along.
    """

    title: str
    unit: str
    shares: Mapping[str, str]
    of_others: bool

    @property
    def statistic(self) -> str:
        """The name of the estimate that leads."""
        return "share_of_others" if self.of_others else "share"


_CALLS = Wording(
    title=mark("Firms and the wishes of clients: {sector}"),
    unit=mark("Calls"),
    shares={"strict": mark("does not go along with the wish"), "broad": mark("refuses the wish in plain words")},
    of_others=True,
)
_ANSWERS = Wording(
    title=mark("What was answered: {sector}"),
    unit=mark("Answers"),
    shares={"strict": mark("share, strictly"), "broad": mark("share, broadly"), "positive": mark("share that says so")},
    of_others=False,
)
_OF: Mapping[str, Wording] = {"client_calls": _CALLS}


def wording_of(view: View) -> Wording:
    """Return the words of the study's instrument."""
    return _OF.get(str(view.releases.study.get("instrument") or ""), _ANSWERS)


def share_name(view: View, outcome: str) -> str:
    """Return what the share of an outcome is called."""
    known = wording_of(view).shares.get(outcome)
    return view.words.name("outcome", outcome) if known is None else view.words.text(known)


def share_text(words: Catalogue, release: Release, statistic: str) -> str:
    """Return a share with its interval, or why it is not there."""
    found = release.estimate(statistic)
    if found is None or found.value is None:
        return words.text("not shown") if not release.shown else words.text("not defined")
    if found.lower is None or found.upper is None:
        return words.percent(found.value)
    interval = words.text("{lower} to {upper}", lower=words.percent(found.lower), upper=words.percent(found.upper))
    return f"{words.percent(found.value)} ({interval})"
