"""Who calls where a study applies by telephone, and how often one tries."""

from __future__ import annotations

from dataclasses import dataclass

# A study file without a table [channels] applies in writing: a call needs callers, who have to be found and trained.
WRITTEN = ("email", "letter", "portal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, under a pseudonym: callers of one group were trained together and may stand in for each other.

    Attributes
    ----------
    name : str
        The pseudonym, which register, table and analysis use.
    group : str
        Callers of the same group had equal training; both calls of a pair are made within one group.
    arms : tuple of str
        The arms for which the caller can call: both, unless the signal is carried by the voice.
    """

    name: str
    group: str
    arms: tuple[str, ...] = ("control", "treated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """How a study calls.

    Attributes
    ----------
    attempts : int
        The most attempts to reach one employer for one application.
    callers : tuple of Caller
        Who calls; empty where nobody was named yet.
    """

    attempts: int = 4
    callers: tuple[Caller, ...] = ()


USUAL_CALLING = Calling()
