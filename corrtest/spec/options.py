"""The tables of the study file that say how it is carried out: analysis, disclosure, budget, fieldwork, documents."""

from __future__ import annotations

from typing import Any, cast

from corrtest.language import say
from corrtest.spec.columns import every_column
from corrtest.spec.ratings import USUAL_OPTIONS, SignalOptions
from corrtest.spec.section import Described, Section
from corrtest.spec.study import (
    CLUSTERS,
    EMPLOYERS,
    INCIDENT_RULES,
    MONITORING_RULES,
    MULTIPLICITIES,
    ODD_REACTIONS,
    PROTECTIONS,
    STATED,
    AnalysisOptions,
    Budget,
    ChannelCost,
    DisclosureOptions,
    Documents,
    Employers,
    Fieldwork,
    MonitoringRule,
    Partner,
    Period,
    Stated,
)

STRATIFIERS = ("occupation", "province", "week")
# Shares that sum to 1 within this are whole.
_WHOLE = 1e-6


def analysis_options(root: Section) -> AnalysisOptions:
    """Return the table `[analysis]`."""
    section = root.table("analysis", required=False)
    default = AnalysisOptions()
    level = section.number("confidence_level", low=0.5, high=0.999, default=default.confidence_level)
    correlation = section.number("employer_correlation", low=0.0, high=1.0, default=default.employer_correlation)
    options = AnalysisOptions(
        confidence_level=default.confidence_level if level is None else level,
        employer_correlation=default.employer_correlation if correlation is None else correlation,
        cluster=cast(Any, section.choice("cluster", CLUSTERS, default="employer")),
        multiplicity=cast(Any, section.choice("multiplicity", MULTIPLICITIES, default="holm")),
        odd_reactions=cast(Any, section.choice("odd_reactions", ODD_REACTIONS, default="as_coded")),
        incidents=cast(Any, section.choice("incidents", INCIDENT_RULES, default=INCIDENT_RULES[0])),
        monitoring=_monitoring(section) if "monitoring" in section.values else None,
    )
    section.raw("monitoring")
    section.close()
    return options


def _monitoring(analysis: Section) -> MonitoringRule:
    section = analysis.table("monitoring", required=False)
    rule = section.choice("rule", MONITORING_RULES)
    alpha = section.number("alpha", low=0.0001, high=0.5, default=0.05)
    looks = section.numbers("looks", low=0.0, high=1.0)
    if rule == "e_process" and looks:
        section.fault(
            "looks",
            given=list(looks),
            expected=say("no looks: an e-process may be looked at after any pair"),
            action=say("Delete the key."),
        )
    if rule != "e_process" and (not looks or list(looks) != sorted(set(looks)) or looks[0] <= 0 or looks[-1] != 1):
        section.fault(
            "looks",
            given=list(looks) if looks else Described(say("nothing")),
            expected=say("rising fractions of the pairs planned, the last one 1"),
            action=say("Write for example looks = [0.5, 1.0]."),
        )
    section.close()
    return MonitoringRule(rule=cast(Any, rule), looks=looks, alpha=alpha or 0.05)


def disclosure_options(root: Section) -> DisclosureOptions:
    """Return the table `[disclosure]`."""
    section = root.table("disclosure", required=False)
    chosen: dict[str, Any] = {}
    for key in ("min_pairs", "min_employers"):
        chosen[key] = section.integer(key, low=3, default=3) if key in section.values else None
        section.raw(key)
    if "protection" in section.values:
        chosen["protection"] = section.choice("protection", PROTECTIONS)
    section.close()
    return DisclosureOptions(**chosen)


def budget(root: Section) -> Budget:
    """Return the table `[budget]`."""
    section = root.table("budget", required=False)
    money: dict[str, float | None] = {
        key: section.amount(key) for key in ("total", "sector_adds", "cost_per_pair", "cost_per_vacancy", "fixed")
    }
    channels = _channel_costs(section)
    section.close()
    if channels:
        money["cost_per_pair"] = sum(each.cost_per_pair * each.share for each in channels)
    return Budget(**money, channels=channels)


def _channel_costs(section: Section) -> tuple[ChannelCost, ...]:
    """Return the tables `[budget.channel.*]`, whose shares sum to 1."""
    table = section.table("channel", required=False)
    found = []
    for name in next(map(str, each.choices) for each in every_column() if each.name == "channel"):
        if name not in table.values:
            continue
        one = table.table(name, required=True)
        cost, share = one.amount("cost_per_pair"), one.number("share", low=0.0, high=1.0)
        one.close()
        found.append(ChannelCost(channel=name, cost_per_pair=cost or 0.0, share=share or 0.0))
    table.close()
    if found and "cost_per_pair" in section.values:
        section.fault(
            "cost_per_pair",
            given=section.values["cost_per_pair"],
            expected=say("the price of a pair once: for all channels, or for each in [budget.channel.*]"),
            action=say("Leave one of the two out."),
        )
    if found and abs(sum(each.share for each in found) - 1) > _WHOLE:
        section.fault(
            "channel",
            given=" + ".join(f"{each.share:g}" for each in found),
            expected=say("shares that sum to 1"),
            action=say("Correct the shares of the channels."),
        )
    return tuple(found)


def fieldwork(root: Section, period: Period) -> Fieldwork:
    """Return the table `[fieldwork]`."""
    section = root.table("fieldwork", required=False)
    least, most = _lag(section)
    found = Fieldwork(
        lag_days=least,
        lag_days_most=most,
        lag_tolerance_days=section.integer("lag_tolerance_days", low=0, default=Fieldwork().lag_tolerance_days),
        reaction_window_days=section.integer("reaction_window_days", low=1, default=30),
        withdraw_within_hours=section.integer("withdraw_within_hours", low=1, default=24),
        blackout_days=section.days("blackout_days"),
        tests_are=cast(Any, section.choice("tests_are", ("pairs", "applications"), default="pairs")),
        employer_identifier=cast(
            Any,
            section.choice("employer_identifier", ("enterprise_number", "other"), default="enterprise_number"),
        ),
        stratify_by=section.words("stratify_by", STRATIFIERS),
        templates=section.words("templates", None),
    )
    if most >= period.days:
        section.fault(
            "lag_days",
            given=most,
            expected=say("fewer days than the study lasts"),
            action=say("Lower the lag."),
        )
    section.close()
    return found


def _lag(section: Section) -> tuple[int, int]:
    """Return the least and the most days between the two applications of a pair."""
    value = section.values.get("lag_days")
    if not isinstance(value, list):
        least = section.integer("lag_days", low=0, default=1)
        return least, least
    section.raw("lag_days")
    whole = all(isinstance(days, int) and not isinstance(days, bool) for days in value)
    if len(value) != 2 or not whole or not 0 <= value[0] <= value[1]:
        section.fault(
            "lag_days",
            given=value,
            expected=say("one whole number of days, or the least and the most"),
            action=say("Write for example lag_days = 1, or lag_days = [1, 3]."),
        )
        return 1, 1
    return value[0], value[1]


def signal_options(root: Section) -> SignalOptions:
    """Return the table `[signals]`: what is asked of rated names."""
    section = root.table("signals", required=False)
    default = USUAL_OPTIONS
    recognition = section.number("recognition", low=0.0, high=1.0, default=default.recognition)
    difference = section.number("class_difference", low=0.0, high=4.0, default=default.class_difference)
    section.close()
    return SignalOptions(
        recognition=default.recognition if recognition is None else recognition,
        class_difference=default.class_difference if difference is None else difference,
    )


def documents(root: Section) -> Documents:
    """Return the table `[documents]`."""
    section = root.table("documents", required=False)
    found = Documents(
        nationality=cast(Stated, section.choice("nationality", STATED, default="same")),
        mother_tongue=cast(Stated, section.choice("mother_tongue", STATED, default="same")),
        employers=cast(Employers, section.choice("employers", EMPLOYERS, default="unnamed")),
        refused_names=section.words("refused_names", None),
        refused_firms=section.words("refused_firms", None),
    )
    section.close()
    return found


def partners(root: Section) -> tuple[Partner, ...]:
    """Return the repeated tables `[[partner]]`."""
    if "partner" not in root.values:
        root.raw("partner")
        return ()
    found = []
    for section in root.tables("partner", required=False):
        limited = "pairs_per_day" in section.values
        most = section.integer("pairs_per_day", low=1, default=1)
        found.append(Partner(name=section.name("name"), pairs_per_day=most if limited else None))
        section.close()
    no_repeats(root, "partner", [partner.name for partner in found])
    return tuple(found)


def no_repeats(section: Section, key: str, names: list[str]) -> None:
    """Note every name that stands there twice."""
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        section.fault(
            key,
            given=", ".join(repeated),
            expected=say("each name once"),
            action=say("Rename or merge the repeated ones."),
        )
