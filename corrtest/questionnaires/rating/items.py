"""What raters see: names and sentences of a study, dealt over blocks of which each rater gets one."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd

from corrtest.design import substream
from corrtest.errors import DesignError
from corrtest.generator import SHIPPED_POOLS, Pools, pool_names
from corrtest.language import say
from corrtest.spec import Study, language_table, read_table, require_columns

__all__ = ["ITEMS_FILE", "rating_items", "read_items"]

ITEMS_FILE = "items.csv"
# Texts that are rated of each sentence of a level.
_VARIANTS = 4
# Kind, text, given name, family name, gender, what it stands for.
_Row = tuple[str, str, str, str, str, str]
COLUMNS = ("item", "block", "kind", "text", "given", "family", "gender", "stands_for")


def rating_items(study: Study, *, per_rater: int = 15, pools: Pools = SHIPPED_POOLS) -> pd.DataFrame:
    """Return the items of a study: one row each, with the block in which it is shown.

    The names are those of the study's origins and of its control candidates: each given name stands with a family name
    of its origin, in turn, so that every name is shown. Of each sentence of its levels a few texts are rated. Each
    origin, gender and level is dealt evenly over the blocks, in an order drawn from the study's seed.

    Parameters
    ----------
    per_rater : int
        About how many items a rater sees.
    pools : Pools
        Where the names come from: a study's own beside those of corrtest.

    Raises
    ------
    DesignError
        No level of the study is told by a name or a sentence.
    """
    rng = substream(study.seed, "questionnaire", "rating", study.name)
    groups = [*_names(study, rng, pools), *_sentences(study)]
    if not groups:
        raise DesignError(
            say(
                "No level of the study '{name}' is told by a name or a sentence, so there is nothing to rate.",
                name=study.name,
            )
        )
    rows = [row for group in groups for row in group]
    blocks = max(1, ceil(len(rows) / per_rater))
    table = pd.DataFrame(rows, columns=list(COLUMNS[2:]))
    # One after the other, so that a group never leads in a block by more than one.
    order = np.concatenate([start + rng.permutation(len(group)) for start, group in _starts(groups)])
    table = table.iloc[order].reset_index(drop=True)
    table["block"] = np.arange(len(table)) % blocks + 1
    table["shuffle"] = rng.random(len(table))
    table = table.sort_values(["block", "shuffle"]).reset_index(drop=True)
    table["item"] = [f"i{number:04d}" for number in range(1, len(table) + 1)]
    return table[list(COLUMNS)]


def read_items(path: str | Path) -> pd.DataFrame:
    """Return the items that were asked, from the file that stands beside the form."""
    table = read_table(path)
    require_columns(table, COLUMNS)
    return table[list(COLUMNS)]


def _starts(groups: list[list[_Row]]) -> list[tuple[int, list[_Row]]]:
    starts = np.cumsum([0, *(len(group) for group in groups)])
    return [(int(start), group) for start, group in zip(starts, groups, strict=False)]


def _names(study: Study, rng: np.random.Generator, pools: Pools) -> list[list[_Row]]:
    """Return the names by origin and gender: kind, text, given name, family name, gender, origin."""
    known = study.names.criteria
    levels = [known[criterion.name].levels[level.name] for criterion in study.criteria for level in criterion.levels]
    carried = [level.names or level.shared.names for level in levels]
    origins = [origin for origin in dict.fromkeys(carried) if origin]
    if not origins:
        return []
    groups: list[list[_Row]] = []
    for origin in [str(language_table(study.language)["control_names"]), *origins]:
        names = pool_names(origin, pools)
        families = [str(name) for name in rng.permutation(names["last", "any"])]
        place = 0
        # Where there are more family names than given ones, given names stand with several.
        rounds = max(1, ceil(len(families) / (len(names["first", "woman"]) + len(names["first", "man"]))))
        for gender in ("woman", "man"):
            group: list[_Row] = []
            for given in (*names["first", gender],) * rounds:
                family = families[place % len(families)]
                place += 1
                group.append(("name", f"{given} {family}", given, family, gender, origin))
            groups.append(group)
    return groups


def _sentences(study: Study) -> list[list[_Row]]:
    """Return the sentences of each level: kind, text, no name, the level."""
    groups: list[list[_Row]] = []
    seen = set()
    for criterion in study.criteria:
        for level in criterion.levels:
            found = study.names.criteria[criterion.name].levels[level.name]
            source = found.texts_of if not found.names else None
            if source is None or source in seen:
                continue
            seen.add(source)
            texts = found.texts[study.language]
            shown = [text for variants in (*texts.cv, *texts.letter) for text in _spread_out(variants)]
            groups.append([("sentence", text, "", "", "", source) for text in dict.fromkeys(shown)])
    return groups


def _spread_out(variants: tuple[str, ...]) -> tuple[str, ...]:
    """Return a few of the texts of one sentence, from all over them: more would tire raters and say no more."""
    step = ceil(len(variants) / _VARIANTS)
    return variants[::step]
