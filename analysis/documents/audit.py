"""The audit of a study on 1,000 applications of one occupation, as `corrtest audit` does it.

Run: python analysis/documents/audit.py --occupation mason --pairs 500 [--language nl] [--out DIR]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from documents.make import plan

from corrtest.generator import audit_page, audit_study, plan_pairs
from corrtest.pages import html_page
from corrtest.spec import Detectability


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--occupation", default="mason")
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", default="nl")
    parser.add_argument("--shared-runs", type=int, help="runs of five words that link two documents; else the usual")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    table = plan(chosen.occupation, chosen.pairs, chosen.language)
    limits = Detectability(shared_runs=chosen.shared_runs or Detectability().shared_runs)
    pairs = plan_pairs(table, chosen.seed)
    found = audit_study(pairs, seed=chosen.seed, language=chosen.language, limits=limits, workers=1)
    with pd.option_context("display.width", 220, "display.max_colwidth", 120):
        print(found.to_frame().round(3).to_string())
        print(pd.Series(found.differences).round(3).to_string())
        print(f"twins more alike than strangers: {found.likeness:.3f}")
        for reader in found.readers:
            print(reader)
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        page = html_page(audit_page(found, f"{chosen.occupation}, {chosen.language}", chosen.language))
        (chosen.out / f"audit_{chosen.occupation}_{chosen.language}.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
