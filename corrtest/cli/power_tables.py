"""What the verbs on power print: sentences and a table for a reader, one dictionary for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corrtest.cli.output import records, show, show_figures
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.cli.power_extras import PowerExtras
    from corrtest.power import StudyPower


def show_power(shown: StudyPower, extras: PowerExtras, language: str) -> None:
    """Print what each stratum can show: in sentences, then as a table."""
    from corrtest.pages import catalogue

    for sentence in (*shown.sentences(language), *extras.sentences(language)):
        show(sentence)
    show()
    unit = say("applications") if shown.first.pairing == "unpaired" else say("pairs")
    columns = (
        say("committee"),
        say("criterion"),
        unit,
        say("control rate"),
        say("assumed ratio"),
        say("shown"),
        say("power"),
        say("detectable ratio"),
        say("width of ratio"),
        say("follow-up ratio"),
        say("{unit} needed", unit=unit),
    )
    names = (
        "joint_committee",
        "criterion",
        "pairs",
        "control_rate",
        "assumed_ratio",
        "shown",
        "power",
        "detectable_ratio",
        "ratio_width",
        "detectable_follow_up",
        "pairs_needed",
    )
    words = catalogue(language, "preregistration")
    table = shown.to_frame()[list(names)]
    table.loc[table["criterion"] != "", "joint_committee"] = table["joint_committee"].replace(
        "", words.text("the sector")
    )
    table["criterion"] = [words.name("criterion", name) if name else "" for name in table["criterion"]]
    # Committees that show the same stand on one row.
    alike = table.groupby(list(names[1:]), sort=False, dropna=False)["joint_committee"].agg(", ".join).reset_index()
    show_figures(say("What each stratum can show"), alike[list(names)], columns, decimals=3)


def power_dict(shown: StudyPower) -> dict[str, Any]:
    """Return everything for a program."""
    return {
        "target_power": shown.target_power,
        "pairing": shown.first.pairing,
        "alpha": shown.first.alpha,
        "multiplicity": shown.multiplicity,
        "protection": shown.protection,
        "employer_correlation": {"allowed": shown.first.employers.allowed, "true": shown.first.employers.correlation},
        "association": shown.first.association,
        "strata": records(shown.table),
        "interactions": [
            {
                "combination": each.combination.description(),
                "pairs": each.pairs,
                "difference": each.difference,
                "ratio": each.ratio,
            }
            for each in shown.interactions
        ],
        "sources": {criterion: list(several) for criterion, several in shown.sources.items()},
    }
