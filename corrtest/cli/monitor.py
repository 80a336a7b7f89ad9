"""The verb that looks before fieldwork is over: monitor."""

from __future__ import annotations

from typing import Any

from corrtest.cli.options import AsJson, PairsFile, PlanOption
from corrtest.cli.output import say, say_json
from corrtest.cli.places import Places


def monitor(pairs: PairsFile = None, plan: PlanOption = None, as_json: AsJson = False) -> None:
    """Look before fieldwork is over, by the rule that the study preregistered and by no other.

    A study that preregistered no early look is refused: its reactions are analysed once, at the end.
    """
    import dataclasses

    from corrtest import analysis
    from corrtest.design import read_plan

    places = Places.here()
    frozen = read_plan(places.plan(plan))
    study = frozen.study.description()
    analysis.preregistered_rule(study)
    found = analysis.monitor(
        analysis.read_pairs(places.pairs(pairs)),
        study,
        [dataclasses.asdict(shortfall) for shortfall in frozen.shortfalls],
    )
    if as_json:
        say_json(found)
        return
    say(f"Preregistered: {found['rule']} at the two-sided level of {found['alpha']:g}, outcome {found['outcome']}.")
    for state in found["states"]:
        say(f"{state['criterion']}: {state['pairs']} pairs. {_measured(state)}{state['note']}")


def _measured(state: dict[str, Any]) -> str:
    if state.get("boundary") is not None:
        return (
            f"Look {state['number']}, at {state['fraction']:.0%} of the pairs planned: statistic "
            f"{state['statistic']:.3f}, boundary {state['boundary']:.3f}. "
        )
    if "value" in state:
        return f"Evidence {state['value']:.3g}, at most {state['largest']:.3g} so far (p {state['pvalue']:.4f}). "
    return ""
