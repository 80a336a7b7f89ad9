"""Neumark 2012: the heteroskedastic probit on the résumés of Bertrand and Mullainathan.

Run with ``python analysis/neumark_2012/run.py [--data DIR]``: the data are not part of the project (see plan.md).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from corrtest.analysis.models import neumark, with_intercept

FOLDER = Path(__file__).parent
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

QUALITIES = {
    "h": "h1",
    "years_exp": "yearsexp",
    "honors": "honors",
    "volunteer": "volunteer",
    "military": "military",
    "emp_holes": "empholes",
    "work_in_school": "workinschool",
    "email": "email",
    "computer_skills": "computerskills",
    "special_skills": "specialskills",
}
MODEL = "hetprobit black + 10 resume vars (yearsexp/10), sd=exp(d*black)"


def compare(data: Path) -> list[dict[str, object]]:
    """Return the figures of R (maximum likelihood on the same covariates) and our own."""
    table = pd.read_csv(data / "bertrand_mullainathan_2004.csv", low_memory=False)
    quality = table[list(QUALITIES)].astype(float).rename(columns=QUALITIES)
    quality["yearsexp"] /= 10
    black = pd.DataFrame({"black": (table["race"] == "b").astype(float)})
    result = neumark(table["call"], with_intercept(pd.concat([black, quality], axis=1)), treated="black")
    oracle = pd.read_csv(data / "regression_oracle.csv").set_index(["model", "quantity"])["value"]
    names = {"(Intercept)": "const", "log_sd:treated": "lnsigma_black"}
    rows: list[dict[str, object]] = []
    for term in result.heteroskedastic.terms:
        name = names.get(term, term)
        for what, ours in (
            ("b", result.heteroskedastic.coefficient(term)),
            ("se", result.heteroskedastic.standard_error(term)),
        ):
            rows.append(_row(f"{term}: {what}", oracle[(MODEL, f"{name}:{what}")], ours))
    rows.append(_row("log likelihood", oracle[("hetprobit", "logLik")], result.heteroskedastic.log_likelihood))
    rows.append(
        _row("log likelihood, plain probit", oracle[("probit same covariates", "logLik")], result.plain.log_likelihood)
    )
    own = {
        "ratio of standard deviations, black / white": result.sd_ratio,
        "marginal effect of black, plain probit": result.plain_effect,
        "marginal effect of black, heteroskedastic: level": result.level_effect,
        "… its standard error": result.level_standard_error,
        "marginal effect of black, heteroskedastic: variance": result.variance_effect,
        "… its standard error ": result.variance_standard_error,
        "test of equal standard deviations, p": result.equal_variance_pvalue,
        "test of equal effects of quality, p": result.equal_quality_pvalue,
    }
    rows += [{"quantity": q, "published": None, "source": "corrtest", "ours": value} for q, value in own.items()]
    return rows


def _row(quantity: str, published: float, ours: float | None) -> dict[str, object]:
    return {"quantity": quantity, "published": published, "source": "R, maximum likelihood", "ours": ours}


def main(data: Path = DATA, out: Path = FOLDER / "results") -> pd.DataFrame:
    """Compute the comparison, write comparison.csv and return it."""
    table = pd.DataFrame(compare(data))
    table["difference"] = table["ours"] - table["published"]
    out.mkdir(exist_ok=True)
    table.round(8).to_csv(out / "comparison.csv", index=False)
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    print(main(parser.parse_args().data).to_string(index=False))
