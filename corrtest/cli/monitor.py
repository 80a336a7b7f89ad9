"""The verb that looks before fieldwork is over: monitor."""

from __future__ import annotations

from typing import Any

from corrtest.cli.options import AsJson, PairsFile, PlanOption
from corrtest.cli.output import show, show_internal, show_internal_json
from corrtest.cli.places import Places
from corrtest.language import say, say_n


def monitor(pairs: PairsFile = None, plan: PlanOption = None, as_json: AsJson = False) -> None:
    """Look before fieldwork is over, by the rule that the study preregistered and by no other.

    A study that preregistered no early look is refused: its reactions are analysed once, at the end.
    """
    import dataclasses

    from corrtest import analysis
    from corrtest.design import read_drawn_plan

    places = Places.here()
    frozen = read_drawn_plan(places.plan(plan))
    study = frozen.study.description()
    analysis.preregistered_rule(study)
    table = analysis.read_pairs(places.pairs(pairs))
    found = analysis.monitor(
        table,
        study,
        [dataclasses.asdict(shortfall) for shortfall in frozen.shortfalls],
    )
    if as_json:
        show_internal_json(found, simulated=table.simulated)
        return
    show_internal(simulated=table.simulated)
    show(
        say(
            "Preregistered: {rule} at the two-sided level of {alpha:g}, outcome {outcome}.",
            rule=found["rule"],
            alpha=found["alpha"],
            outcome=found["outcome"],
        )
    )
    for state in found["states"]:
        show(
            say(
                "{criterion}: {pairs}. {measured}{note}",
                criterion=state["criterion"],
                pairs=say_n("{count} pair", "{count} pairs", state["pairs"]),
                measured=_measured(state),
                note=state["note"],
            )
        )


def _measured(state: dict[str, Any]) -> str:
    if state.get("boundary") is not None:
        return say(
            "Look {number}, at {fraction:.0%} of the pairs planned: statistic {statistic:.3f}, boundary "
            "{boundary:.3f}. ",
            number=state["number"],
            fraction=state["fraction"],
            statistic=state["statistic"],
            boundary=state["boundary"],
        )
    if "value" in state:
        return say(
            "Evidence {value:.3g}, at most {largest:.3g} so far (p {pvalue:.4f}). ",
            value=state["value"],
            largest=state["largest"],
            pvalue=state["pvalue"],
        )
    return ""
