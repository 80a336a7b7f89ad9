"""Simulated raters: answers to the rating questionnaire, with a truth that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from corrtest.design import substream

__all__ = ["simulate_ratings"]

# Origin → the mean perceived class of its names, from 1 to 5; invented, so that a choice by class has work to do.
_CLASS = {"flemish": 3.2, "francophone": 3.2, "maghrebi": 2.8, "turkish": 2.8, "sub_saharan": 2.7}
_OTHER_CLASS = 2.9
_ORIGINS = ("flemish", "francophone", "maghrebi", "turkish", "sub_saharan", "eastern_european", "other", "unknown")


def simulate_ratings(items: pd.DataFrame, raters: int, seed: int) -> pd.DataFrame:
    """Return the answers of simulated raters, a row each, as a survey tool exports them.

    Each name and sentence has its own chance to be recognised (from a beta distribution of mean 0.88) and its own
    perceived class; each rater sees one block and leaves one question in fifty open. Nobody real answered.

    Parameters
    ----------
    items : DataFrame
        As `corrtest.questionnaires.rating_items` gives them.
    """
    rng = substream(seed, "lab", "raters")
    recognised = rng.beta(8.8, 1.2, len(items))
    own_class = items["stands_for"].map(_CLASS).fillna(_OTHER_CLASS).to_numpy() + rng.normal(0, 0.4, len(items))
    blocks = rng.integers(1, int(items["block"].astype(int).max()) + 1, raters)
    columns: dict[str, list[object]] = {"block": list(blocks)}
    for place, row in enumerate(items.to_dict("records")):
        sees = blocks == int(row["block"])
        told = rng.random(raters) < recognised[place]
        scale = np.clip(np.rint(rng.normal(own_class[place], 0.9, raters)), 1, 5).astype(int).astype(str)
        believed = np.clip(np.rint(rng.normal(4, 0.8, raters)), 1, 5).astype(int).astype(str)
        asked = {"class": scale, "credibility": believed}
        if row["kind"] == "name":
            wrong = rng.choice([name for name in _ORIGINS if name != row["stands_for"]], raters)
            asked["origin"] = np.where(told, str(row["stands_for"]), wrong)
            other = {"woman": "man", "man": "woman"}[str(row["gender"])]
            asked["gender"] = np.where(rng.random(raters) < 0.95, str(row["gender"]), other)
            asked["age"] = rng.integers(20, 60, raters).astype(str)
        else:
            asked["meaning"] = np.where(told, str(row["stands_for"]), "nothing")
        for question, answers in asked.items():
            shown = np.where(sees & (rng.random(raters) >= 0.02), answers, "")
            columns[f"block_{row['block']}/{row['item']}_{question}"] = list(shown)
    return pd.DataFrame(columns).assign(simulated=True)
