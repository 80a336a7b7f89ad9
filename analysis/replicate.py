"""Run one replication: the published or independent figures beside ours, as a table.

Run with ``python analysis/replicate.py STUDY [--data DIR]``, where STUDY is a folder beside this file: the data are not
part of the project (see each plan.md).
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from types import ModuleType

import pandas as pd

FOLDER = Path(__file__).resolve().parent
DATA = FOLDER.parents[1] / "shared" / "data"
STUDIES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/run.py") if (path.parent / "plan.md").is_file()))

# The largest difference allowed where the source is an independent computation; None where only rounded figures are.
LIMITS = {
    "bertrand_mullainathan_2004": 1e-6,
    "neumark_2012": 5e-5,
    "callback_data_sets": 0,
    "urban_institute_audit": 5e-7,
    "oreopoulos_2011": None,
    "register_meta_analysis": 1e-6,
}
# REML: metafor stops a step before the maximum; its τ² is the same to the fourth decimal.
_REML_TAU2 = 1e-4


def assert_agrees(study: str, table: pd.DataFrame) -> None:
    """Hold a comparison to the limit of its study."""
    limit = LIMITS[study]
    if limit is None:
        return
    computed = table[table["published"].notna() & ~table["source"].str.contains("2018|as reported")]
    assert len(computed) >= 5
    reml = computed["quantity"].str.contains("REML")
    assert computed.loc[~reml, "difference"].abs().max() <= limit
    between = computed[reml & computed["quantity"].str.endswith("tau2")]
    assert (between["difference"].abs() <= _REML_TAU2).all()


def study_module(study: str) -> ModuleType:
    """Return the module ``run.py`` of a replication."""
    specification = importlib.util.spec_from_file_location(study, FOLDER / study / "run.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def replicate(study: str, data: Path = DATA, out: Path | None = None) -> pd.DataFrame:
    """Return the comparison, and write it to `out` (the study's results) with whatever tables the study adds.

    A study gives ``compare(data)``, rows of quantity, published, source and ours, and may give ``further(data)``: name
    of a file → table.
    """
    module = study_module(study)
    table = pd.DataFrame(module.compare(data))
    table["difference"] = table["ours"] - table["published"]
    out = FOLDER / study / "results" if out is None else out
    out.mkdir(exist_ok=True)
    table.round(8).to_csv(out / "comparison.csv", index=False)
    if hasattr(module, "further"):
        for name, more in module.further(data).items():
            more.round(10).to_csv(out / f"{name}.csv", index=False)
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--data", type=Path, default=DATA)
    chosen = parser.parse_args()
    if not chosen.data.is_dir():
        parser.error(f"there are no data at {chosen.data}: they are not part of the project. Use --data DIR.")
    print(replicate(chosen.study, chosen.data).to_string(index=False))
