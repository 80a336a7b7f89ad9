"""Attack the overview of 37 sectors of which some keep their results to themselves: python analysis/withholding/run.py

Each market is published twice: when 30 sectors have their results, and when all have. The attacker
(tests/disclosure/attacks/withheld_sectors.py) has all pages of both readers and both dates, and all other reports.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import numpy as np

from corrtest.disclosure.sector_policy import sector_policy
from corrtest.report import figures_of
from tests.disclosure.attacks.withheld_sectors import bounds, publish, report_of, sectors, template_report

RESULTS = Path(__file__).parent / "results"
WITHHOLD = (1, 2, 3, 9, 36)
INSIDERS = 2
MANY = 36


def attack(seed: int, number: int, like: str) -> dict[str, object]:
    """Return how narrow the narrowest count of a withholding sector is, to a stranger and to an insider."""
    truth = sectors(seed)
    rng = np.random.default_rng([seed, number])
    names = list(truth)
    secret = sorted(rng.choice(names, number, replace=False).tolist())
    first = sorted(rng.choice(names, 30, replace=False).tolist())
    reports = {name: report_of(like, name, kinds) for name, kinds in truth.items()}
    pages, told = publish(reports, [first, names], [secret, secret], figures_of)
    assert not told & set(secret)
    stranger = min(found.width for found in bounds(truth, pages, secret))
    insiders = rng.permutation(secret)[:INSIDERS].tolist() if number > 1 else []
    inside = [found.width for insider in insiders for found in bounds(truth, pages, secret, insider)]
    every = [
        total["every"] and total["cells"][0]["counts"] is not None
        for page in pages
        for total in page.figures["together"]
    ]
    return {
        "seed": seed,
        "withhold": number,
        "without_figures": len(pages[-1].figures["without_figures"]),
        "total_of_30": int(every[0]),
        "total_of_37": int(every[1]),
        "narrowest_to_a_stranger": round(stranger, 4),
        "narrowest_to_an_insider": round(min(inside), 4) if inside else "",
    }


def main(seeds: int) -> None:
    """Attack so many markets for each number of sectors that withhold, and write what was found."""
    like = template_report()
    rows = []
    started = time.monotonic()
    RESULTS.mkdir(exist_ok=True)
    for number in WITHHOLD:
        # The programmes of 36 sectors take ten times as long.
        rows += [attack(seed, number, like) for seed in range(seeds if number < MANY else max(2, seeds // 10))]
        print(number, f"{time.monotonic() - started:.0f} s", flush=True)
        with (RESULTS / "attack.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    width = sector_policy().open_share
    print(f"policy: every count open over {width:.0%} of the sector's pairs at least")
    for number in WITHHOLD:
        own = [row for row in rows if row["withhold"] == number]
        strangers = [float(str(row["narrowest_to_a_stranger"])) for row in own]
        insiders = [float(str(row["narrowest_to_an_insider"])) for row in own if row["narrowest_to_an_insider"] != ""]
        broken = sum(value < width - 1e-4 for value in (*strangers, *insiders))
        print(
            f"{number} withhold, {len(own)} markets: narrowest {min(strangers):.3f}; "
            f"to an insider {min(insiders, default=float('nan')):.3f}; beyond the policy: {broken}; "
            f"total of 30 shown {sum(int(str(row['total_of_30'])) for row in own)}, "
            f"of 37 {sum(int(str(row['total_of_37'])) for row in own)} times"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
