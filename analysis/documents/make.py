"""Documents of one small study as text, for `linking.py`: no register, no vacancies, the generator alone.

Run: python analysis/documents/make.py OUT --occupation mason --pairs 260 --seed 1 [--language nl]
Another seed stands for another study with a secret of its own. It runs with an older corrtest on PYTHONPATH as well, so
that documents before a change can be compared with those after it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from corrtest.generator import plan_pairs, render_pairs
from corrtest.resources import template_set_names

LEVELS = (("origin", "maghrebi_name"), ("age", "age_50"), ("disability", "deaf_support_premium"))
TOWNS = ("2800", "9000", "8500", "3500", "2000", "3000")
# Pairs an employer gets, a common cap.
PAIRS_AN_EMPLOYER = 2


def plan(occupation: str, pairs: int, language: str) -> pd.DataFrame:
    """Return a plan's table: criteria in turn, layouts counterbalanced, two pairs an employer."""
    sets = template_set_names(language)
    rows = []
    for number in range(pairs):
        (criterion, level), way = LEVELS[number % 3], number // 3 % 2
        layouts = [sets[number // 6 % len(sets)], sets[(number // 6 + 1) % len(sets)]]
        rows.append(
            {
                "pair_id": f"P{number:05d}",
                "joint_committee": "124",
                "criterion": criterion,
                "level": level,
                "occupation": occupation,
                "control_template": layouts[way],
                "treated_template": layouts[1 - way],
                "postal_code": TOWNS[number // PAIRS_AN_EMPLOYER % len(TOWNS)],
                "employer_id": f"E{number // PAIRS_AN_EMPLOYER:04d}",
                "first_arm": ("control", "treated")[number // 2 % 2],
                "send_first_on": pd.Timestamp("2027-02-01") + pd.Timedelta(days=number % 60),
                "send_second_on": pd.Timestamp("2027-02-03") + pd.Timedelta(days=number % 60),
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--occupation", default="mason")
    parser.add_argument("--pairs", type=int, default=260)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", default="nl")
    chosen = parser.parse_args()
    table = plan(chosen.occupation, chosen.pairs, chosen.language)
    made = render_pairs(
        plan_pairs(table, chosen.seed),
        chosen.out,
        seed=chosen.seed,
        language=chosen.language,
        formats=("txt",),
        workers=1,
    )
    print(f"{made.files} files of {made.pairs} pairs in {chosen.out}; {made.failures} pairs with a fault")


if __name__ == "__main__":
    main()
