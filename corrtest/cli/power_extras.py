"""What the verbs on power say on request: pairs for an interval's width, and telling two measurements apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corrtest.pages import Catalogue
    from corrtest.power import Measurement, StudyPower


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerExtras:
    """One dictionary for each row of the table and each question asked."""

    rows: tuple[dict[str, Any], ...]
    pairing: str
    tens: float

    @classmethod
    def none(cls, shown: StudyPower) -> PowerExtras:
        """Return no answers, about `shown`."""
        return cls(rows=(), pairing=shown.first.pairing, tens=shown.target_power * 10)

    @classmethod
    def of_width(cls, shown: StudyPower, width: float | None) -> PowerExtras:
        """Say what an interval of the ratio no wider than `width` takes; nothing where no width is given."""
        rows = () if width is None else tuple(_width(name, of, width) for name, of in shown.by_criterion.items())
        return replace(cls.none(shown), rows=rows)

    @classmethod
    def of_change(
        cls, shown: StudyPower, second_ratio: float, second_count: int | None, comparisons: int | None
    ) -> PowerExtras:
        """Say whether each row is told apart from a second measurement."""
        return replace(cls.none(shown), rows=tuple(_changes(shown, second_ratio, second_count, comparisons)))

    def records(self) -> list[dict[str, Any]]:
        """Return the answers for a program."""
        return [dict(row) for row in self.rows]

    def sentences(self, language: str) -> list[str]:
        """Return each answer in words."""
        from corrtest.pages import catalogue

        words = catalogue(language, "preregistration")
        found = []
        for row in self.rows:
            text = self._sentence(row, words)
            place = words.text("the sector") if row["question"] == "change" and not row["joint_committee"] else ""
            named = ", ".join(part for part in (row["joint_committee"] or place, row["criterion"]) if part)
            found.append(f"{named}: {text}" if row["criterion"] else text)
        return found

    def _sentence(self, row: dict[str, Any], words: Catalogue) -> str:
        facts = row | {"unit": words.text("pairs") if self.pairing == "paired" else words.text("applications")}
        if row["question"] == "width":
            return words.text("An interval of the ratio no wider than {width:g} takes {needed} {unit}.", **facts)
        told = words.text(
            "{count} {unit} at a ratio of {first:.2f} and {second_count} at {second:.2f} are told apart in {share:.0f} "
            "of 100",
            share=100 * row["power"],
            **facts,
        )
        if row["comparisons"] > 1:
            told += " " + words.text("(first of {comparisons} comparisons by Holm's method)", **facts)
        takes = words.text("{tens:g} of 10 take {needed} {unit} in each.", tens=self.tens, **facts)
        return f"{told}; {takes}"


def _width(criterion: str, measurement: Measurement, width: float) -> dict[str, Any]:
    return {
        "question": "width",
        "joint_committee": "",
        "criterion": criterion,
        "width": width,
        "needed": measurement.needed_for_width(width),
    }


def _changes(
    shown: StudyPower, second_ratio: float, second_count: int | None, comparisons: int | None
) -> list[dict[str, Any]]:
    """Compare each row with a second measurement: a follow-up, or another sector."""
    rows = []
    for row in shown.table[shown.table["shown"]].to_dict("records"):
        first = shown.measurements[row["joint_committee"], row["criterion"]]
        second = replace(first, ratio=second_ratio)
        count = row["pairs"] if second_count is None else second_count
        together = row["family"] if comparisons is None else comparisons
        rows.append(
            {
                "question": "change",
                "joint_committee": row["joint_committee"],
                "criterion": row["criterion"],
                "count": row["pairs"],
                "first": first.ratio,
                "second": second_ratio,
                "second_count": count,
                "comparisons": together,
                "power": first.change_power(row["pairs"], second, count, together),
                "needed": first.needed_for_change(second, shown.target_power, together),
            }
        )
    return rows
