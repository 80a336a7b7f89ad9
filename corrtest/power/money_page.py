"""A page for a board: what the study costs and its budget buys, and which aim to choose; one table and one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from corrtest.pages import (
    Block,
    Bullets,
    Catalogue,
    Cell,
    ChanceBar,
    Chapter,
    Column,
    Document,
    Figure,
    Paragraph,
    Table,
    catalogue,
    chances_svg,
)
from corrtest.power.money import OWN, Choice, Money

__all__ = ["MoneyRow", "money_page", "money_rows", "money_sentences", "money_words"]

NO_LABELS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    """One row of the table: committees that get the same (none: the sector), criterion, and a text for each choice."""

    committees: tuple[str, ...]
    criterion: str
    texts: tuple[str, ...]

    def place(self, words: Catalogue) -> str:
        """Name the committees, or the sector."""
        if not self.committees:
            return words.text("the sector")
        named = ", ".join(self.committees)
        return named if len(self.committees) == 1 else words.text("each of {committees}", committees=named)


def money_words(language: str, labels: Mapping[str, Any] = NO_LABELS) -> Catalogue:
    """Return the words of the page in a language; `labels` name a study's own criteria."""
    return catalogue(language, "preregistration").with_labels(labels)


def money_rows(money: Money, words: Catalogue) -> list[MoneyRow]:
    """Return the strata, committees that get the same (to within a pair) on one row, then the sector."""
    frame, names = money.to_frame(), [choice.name for choice in (money.own, *money.choices)]
    rows = []
    several = len(money.study.committees) > 1
    for criterion, part in frame.groupby("criterion", sort=False):
        strata = part.loc[part["joint_committee"] != ""]
        for group in _alike(strata, names) if several or len(strata) == 1 else []:
            texts = tuple(_cell(group, name, words) for name in names)
            rows.append(MoneyRow(committees=tuple(group["joint_committee"]), criterion=str(criterion), texts=texts))
        whole = part.loc[part["joint_committee"] == ""]
        if len(whole):
            texts = tuple(_cell(whole, name, words) for name in names)
            rows.append(MoneyRow(committees=(), criterion=str(criterion), texts=texts))
    return rows


def _alike(strata: pd.DataFrame, names: Sequence[str]) -> list[pd.DataFrame]:
    """Return the strata of a criterion in groups whose pairs differ by one at most, under each choice."""
    groups: list[list[int]] = []
    for number, row in strata.reset_index(drop=True).iterrows():
        pairs = row[[f"{name}_pairs" for name in names]].to_numpy(float)
        for group in groups:
            first = strata.iloc[group[0]][[f"{name}_pairs" for name in names]].to_numpy(float)
            if (abs(first - pairs) <= 1).all():
                group.append(int(str(number)))
                break
        else:
            groups.append([int(str(number))])
    return [strata.iloc[group] for group in groups]


def _cell(group: pd.DataFrame, name: str, words: Catalogue) -> str:
    """Say how many pairs a choice gives the strata of a row, and which ratio they show."""
    pairs, ratios = group[f"{name}_pairs"], group[f"{name}_ratio"]
    low, high = (words.number(int(count), 0) for count in (pairs.min(), pairs.max()))
    count = low if low == high else f"{low}–{high}"
    if ratios.isna().any():
        return words.text("{count}: none", count=count)
    # Of committees on one row the least is said: the lowest ratio.
    return words.text("{count}: {ratio}", count=count, ratio=words.number(float(ratios.min())))


def money_sentences(money: Money, words: Catalogue) -> list[str]:
    """Return what the study costs and what the budget buys, then the advice."""
    unpaired = money.study.pairing == "unpaired"
    unit = words.text("applications of each arm") if unpaired else words.text("pairs")
    cost = words.text(
        "With its own quotas the study costs {cost} euro: {count} {unit} of {each} euro, and {fixed} euro fixed.",
        cost=words.number(money.own.cost, 0),
        count=words.number(money.own.pairs, 0),
        unit=unit,
        each=words.number(money.prices.unit),
        fixed=words.number(money.prices.fixed, 0),
    )
    buys = words.text(
        "{total} euro buy {count} {unit}.",
        total=words.number(money.total, 0),
        count=words.number(money.advised.pairs, 0),
        unit=unit,
    )
    return [cost, *_channels(money, words), buys, *money.advice(words)]


def _channels(money: Money, words: Catalogue) -> list[str]:
    """Say what a pair costs by each channel, where the study says so."""
    said = [
        words.text(
            "{channel} {cost} euro ({share} of the pairs)",
            channel=words.name("channel", each.channel),
            cost=words.number(each.cost_per_pair),
            share=words.percent(each.share, 0),
        )
        for each in money.study.budget.channels
    ]
    return [words.text("A pair costs by channel: {channels}.", channels="; ".join(said))] if said else []


def money_page(money: Money, language: str, labels: Mapping[str, Any] = NO_LABELS) -> Document:
    """Return the page in a language."""
    words = money_words(language, labels)
    cost, *others = money_sentences(money, words)
    blocks: tuple[Block, ...] = (
        Paragraph(text=cost, role="lead"),
        Bullets(items=tuple(others)),
        _picture(money, words),
        _table(money, words),
        Paragraph(
            text=words.text(
                "A ratio is the chance of a positive reaction for treated candidates, divided by that of control "
                "candidates. What is counted is the verdict that will be published, tests adjusted for their number."
            )
        ),
    )
    title = words.text("What the measurement costs, and what the money shows")
    return Document(
        language=language,
        title=title,
        subtitle=money.study.name,
        simulated="",
        contents_title=words.text("Contents"),
        chapters=(Chapter(name="money", title=title, blocks=blocks),),
        numbered=False,
    )


def _name(choice: Choice, money: Money, words: Catalogue) -> str:
    """Name a choice with its cost, and mark the advised one."""
    named = words.text("own quotas") if choice.name == OWN else words.name("aim", choice.name)
    text = words.text("{name} ({cost} euro)", name=named, cost=words.number(choice.cost, 0))
    return words.text("{name}, advised", name=text) if choice is money.advised else text


def _picture(money: Money, words: Catalogue) -> Figure:
    """Return in how many of 100 measurements each choice shows the assumed ratio over the sector, by criterion."""
    bars, spoken = [], []
    for choice in (money.own, *money.choices):
        bars.append(ChanceBar(label=_name(choice, money, words)))
        for row in choice.over_the_sector.to_dict("records"):
            chance, criterion = 100 * float(row["power"]), words.name("criterion", row["criterion"])
            bars.append(ChanceBar(label=criterion, value=chance, text=words.number(chance, 0)))
            spoken.append(f"{_name(choice, money, words)}, {criterion}: {words.number(chance, 0)}")
    caption = words.text("In how many of 100 measurements the assumed ratio is shown, over the sector")
    target = 100 * money.own.shown.target_power
    wanted = words.text("{hundred} of 100", hundred=words.number(target, 0))
    return Figure(
        name="chances",
        svg=chances_svg(bars, (target, wanted), (caption, "; ".join(spoken), "chances")),
        caption=caption,
        alternative="; ".join(spoken),
    )


def _table(money: Money, words: Catalogue) -> Table:
    """Return pairs and the ratio shown, one row a criterion and the committees that get the same."""
    rows = money_rows(money, words)
    columns = (words.text("criterion"), words.text("joint committees"))
    choices = tuple(_name(choice, money, words) for choice in (money.own, *money.choices))
    named = "; ".join(words.committee(each.number) for each in money.study.committees)
    return Table(
        name="money",
        caption=words.text(
            "Pairs, and the ratio at or below which {tens} of 10 measurements show a difference",
            tens=words.number(10 * money.own.shown.target_power, 0),
        ),
        columns=tuple(Column(header=header) for header in (*columns, *choices)),
        rows=tuple(
            tuple(Cell(text=text) for text in (words.name("criterion", row.criterion), row.place(words), *row.texts))
            for row in rows
        ),
        note=words.text("Joint committees: {names}.", names=named),
    )
