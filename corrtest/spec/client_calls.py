"""The table `[client_calls]`: calls by a client who asks a firm to discriminate, and the wishes of such a client."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from corrtest.language import say
from corrtest.spec.section import Described, Section

__all__ = ["ClientCalls", "Draw", "Wish", "client_calls", "client_wishes"]

Draw = Literal["even", "size"]
DRAWS: tuple[Draw, Draw] = ("even", "size")
EVERY_FIRM = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A discriminating wish: the criterion that it offends against, what a report calls it, what the client says."""

    name: str
    criterion: str
    label: Mapping[str, str]
    sentence: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCampaign:
    """The public counts of a campaign of calls by others; None where a count is not public."""

    name: str
    source: str
    calls: int
    went_along: int
    firms_called: int | None = None
    firms_in_sector: int | None = None
    announced: bool = False
    control_calls: bool = False
    drawn_by_lot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCalls:
    """How a study calls firms as a client.

    Attributes
    ----------
    firms : int or None
        Firms that are drawn from the frame; None = every firm of it.
    draw : {"even", "size"}
        "even": each firm has the same chance, spread over the joint committees in proportion; "size": the chance grows
        with the number of employees.
    calls_per_firm : int
    wishes : tuple of str
        Dealt over the calls in equal numbers; a firm that is called more often hears different ones.
    callers : tuple of str
        Dealt over the calls of each wish; empty = whoever claims the call.
    panel_seed : int or None
        Firms are drawn by a permanent random number that follows from it: two waves with the same one call the same
        firms, but for those that are new or gone. None = the study's own seed.
    standard : float or None
        The share of firms that should not go along, against which the result is tested.
    earlier : tuple of EarlierCampaign
        Campaigns of others, which the report puts beside the result.
    """

    firms: int | None = None
    draw: Draw = "even"
    calls_per_firm: int = 1
    wishes: tuple[str, ...] = ("no_foreign_origin",)
    callers: tuple[str, ...] = ()
    panel_seed: int | None = None
    standard: float | None = None
    earlier: tuple[EarlierCampaign, ...] = ()

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria that the wishes offend against, each once."""
        return tuple(dict.fromkeys(client_wishes()[name].criterion for name in self.wishes))

    def description(self) -> dict[str, Any]:
        """Return what a report says of the calls."""
        return {
            "firms": self.firms,
            "draw": self.draw,
            "calls_per_firm": self.calls_per_firm,
            "wishes": list(self.wishes),
            "callers": len(self.callers),
            "standard": self.standard,
            "earlier": [asdict(each) for each in self.earlier],
        }

    def labels(self) -> dict[str, dict[str, dict[str, str]]]:
        """Return what the wishes are called, as a report needs it."""
        return {"criterion": {}, "level": {name: dict(client_wishes()[name].label) for name in self.wishes}}


@cache
def wishes_file() -> dict[str, Any]:
    """Return the content of `client_wishes.toml`."""
    return tomllib.loads(files("corrtest.spec").joinpath("client_wishes.toml").read_text(encoding="utf-8"))


@cache
def client_wishes() -> Mapping[str, Wish]:
    """Return the wishes by name."""
    return {item["name"]: Wish(**item) for item in wishes_file()["wish"]}


def client_calls(root: Section, *, used: bool, most: int) -> ClientCalls | None:
    """Return the table `[client_calls]`; None where the study has another instrument. `most` calls a firm may get."""
    section = root.table("client_calls", required=False)
    if not used:
        if section.values:
            root.fault(
                "client_calls",
                given=Described(say("a table")),
                expected=say('none, since the instrument is not "client_calls"'),
                action=say('Delete it, or write instrument = "client_calls" in [study].'),
            )
            for key in section.values:
                section.raw(key)
        section.close()
        return None
    every = section.values.get("firms", EVERY_FIRM) == EVERY_FIRM
    if every:
        section.raw("firms")
    calls = section.integer("calls_per_firm", low=1, default=1)
    if calls > most:
        section.fault(
            "calls_per_firm",
            given=calls,
            expected=say("at most {most}, the total of [caps]", most=most),
            action=say("Call each firm less often, or raise the cap."),
        )
    found = ClientCalls(
        firms=None if every else section.integer("firms", low=1),
        draw=cast(Draw, section.choice("draw", DRAWS, default=DRAWS[0])),
        calls_per_firm=calls,
        wishes=section.words("wishes", tuple(client_wishes()), ("no_foreign_origin",)),
        callers=section.words("callers", None),
        panel_seed=section.integer("panel_seed", low=0) if "panel_seed" in section.values else None,
        standard=section.number("standard", low=0.01, high=0.99) if "standard" in section.values else None,
        earlier=tuple(_earlier(item) for item in section.tables("earlier", required=False)),
    )
    if not found.wishes:
        section.fault(
            "wishes", given=Described(say("an empty list")), expected=say("at least one wish"), action=say("Add one.")
        )
    section.close()
    return found


def _earlier(section: Section) -> EarlierCampaign:
    known = {
        name: section.integer(name, low=1) if name in section.values else None
        for name in ("firms_called", "firms_in_sector")
    }
    marks = {name: section.raw(name) for name in ("announced", "control_calls", "drawn_by_lot")}
    for name, value in marks.items():
        if value not in (None, True, False):
            section.fault(name, given=str(value), expected="true / false", action=say("Correct it."))
    found = EarlierCampaign(
        name=section.text("name"),
        source=section.text("source"),
        calls=section.integer("calls", low=1),
        went_along=section.integer("went_along", low=0),
        firms_called=known["firms_called"],
        firms_in_sector=known["firms_in_sector"],
        announced=marks["announced"] is True,
        control_calls=marks["control_calls"] is True,
        drawn_by_lot=marks["drawn_by_lot"] is True,
    )
    most = [("went_along", found.went_along, found.calls, "calls")]
    if found.firms_called and found.firms_in_sector:
        most.append(("firms_called", found.firms_called, found.firms_in_sector, "firms_in_sector"))
    for name, given, limit, of in most:
        if given > limit:
            section.fault(
                name, given=given, expected=say("at most {limit} ({of})", limit=limit, of=of), action=say("Correct it.")
            )
    section.close()
    return found
