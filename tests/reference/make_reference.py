"""Make the reference numbers again from the data.

Run with ``python tests/reference/make_reference.py [--data DIR] [--out DIR]``;
README.md says what each file is and where it comes from.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "shared" / "data"
# Files that another program made: taken over as they are.
COMPUTED_ELSEWHERE = {
    "paired_tables.json": "paired_tables_oracle.json",
    "power.csv": "power_oracle.csv",
    "meta_analysis.csv": "meta_analysis_oracle.csv",
    "regressions.csv": "regression_oracle.csv",
}
# The order of the digits in a pattern of developers.csv.
CANDIDATES = tuple(f"{origin},{gender}" for origin in "FMSV" for gender in ("Man", "Woman"))


def register_effects(data: Path) -> pd.DataFrame:
    """Return the log ratio of positive reactions of each experiment with all four numbers, and its variance."""
    table = pd.read_csv(data / "lippens_register_2005_2020.csv")
    numbers = ["tested_maj", "callback_maj", "tested_min", "callback_min"]
    table = table.dropna(subset=numbers)
    n0, x0, n1, x1 = (table[name].astype(float) for name in numbers)
    empty = (x0 == 0) | (x1 == 0)
    # As metafor does by default: half a pair more in each cell of an experiment with an empty one.
    x0, x1, n0, n1 = (part + half * empty for part, half in ((x0, 0.5), (x1, 0.5), (n0, 1.0), (n1, 1.0)))
    found = table[["ground_short", "class_short", "country_iso3", "region"]].copy()
    found["log_ratio"] = np.log(x1 / n1) - np.log(x0 / n0)
    found["variance"] = 1 / x1 - 1 / n1 + 1 / x0 - 1 / n0
    return found


def developers(data: Path) -> pd.DataFrame:
    """Return how many vacancies answered the candidates, in the order of `CANDIDATES`, by each pattern of 0 and 1."""
    table = pd.read_csv(data / "callback_inter1.csv")
    table["candidate"] = table["origin"] + "," + table["gender"]
    wide = table.pivot(index="offer", columns="candidate", values="callback")[list(CANDIDATES)]
    patterns = wide.astype(int).astype(str).agg("".join, axis=1)
    return patterns.value_counts().sort_index().rename_axis("pattern").reset_index(name="vacancies")


def resumes(data: Path) -> pd.DataFrame:
    """Return how many advertisements had résumés of these (race, high quality, called) marks."""
    table = pd.read_csv(data / "bertrand_mullainathan_2004.csv", low_memory=False)
    marks = table["race"] + table["h"].astype(str) + table["call"].astype(str)
    of_ads = marks.groupby(table["ad_id"]).agg(lambda each: " ".join(sorted(each)))
    return of_ads.value_counts().sort_index().rename_axis("resumes").reset_index(name="advertisements")


def oreopoulos(data: Path) -> pd.DataFrame:
    """Return how many firms had so many applications and positive reactions: English names, and foreign names."""
    table = pd.read_csv(data / "oreopoulos_2011.csv", low_memory=False)
    english = (table["name_ethnicity"] == "Canada") & (table["type"] == 0)
    foreign = table["name_ethnicity"].isin(("Chinese", "Indian", "Pakistani")) & (table["type"] == 1)
    sums = pd.DataFrame(
        {
            "firm": table["firmid"],
            "control": english.astype(int),
            "control_positive": (english & (table["callback"] == 1)).astype(int),
            "treated": foreign.astype(int),
            "treated_positive": (foreign & (table["callback"] == 1)).astype(int),
        }
    )[english | foreign]
    columns = ["control", "control_positive", "treated", "treated_positive"]
    firms = sums.groupby(sums["firm"].astype(str))[columns].sum()
    return firms.value_counts().sort_index().reset_index(name="firms")


def callback_counts(data: Path) -> dict[str, object]:
    """Return the counts of the developers' experiment by the R package callback."""
    content = json.loads((data / "callback_counts_oracle.json").read_text(encoding="utf-8"))
    return {"what": content["what"], **content["datasets"]["inter1"]}


def make(data: Path, out: Path) -> None:
    """Write every reference file."""
    for name, source in COMPUTED_ELSEWHERE.items():
        (out / name).write_bytes((data / source).read_bytes())
    for name, table in {
        "register_effects.csv": register_effects(data),
        "developers.csv": developers(data),
        "resumes.csv": resumes(data),
        "oreopoulos.csv": oreopoulos(data),
    }.items():
        table.to_csv(out / name, index=False)
    text = json.dumps(callback_counts(data), indent=1, ensure_ascii=False)
    (out / "callback_counts.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Read the options and make the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"The data are not in {options.data}; they are not part of the project. Name their folder by --data.")
    make(options.data, options.out)


if __name__ == "__main__":
    main()
