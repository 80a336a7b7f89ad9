import numpy as np
import pytest

from corrtest.disclosure.sector_policy import sector_policy
from corrtest.report import figures_of
from tests.disclosure.attacks.withheld_sectors import (
    Page,
    bounds,
    counts,
    publish,
    report_of,
    sectors,
    template_report,
)

WIDTH = sector_policy().open_share - 1e-6


@pytest.fixture(scope="module")
def template():
    return template_report()


@pytest.mark.parametrize("number", [1, 3, 4])
def test_no_count_of_a_sector_that_withholds_is_known_from_all_pages(template, number):
    truth = sectors(number, 14)
    rng = np.random.default_rng(number)
    secret = sorted(rng.choice(list(truth), number, replace=False).tolist())
    first = sorted(rng.choice(list(truth), 11, replace=False).tolist())
    reports = {name: report_of(template, name, kinds) for name, kinds in truth.items()}
    pages, told = publish(reports, [first, list(truth)], [secret, secret], figures_of)
    assert not told & set(secret)
    assert min(bound.width for bound in bounds(truth, pages, secret)) >= WIDTH
    if number > 1:
        assert min(bound.width for bound in bounds(truth, pages, secret, secret[0])) >= WIDTH


def test_the_attack_finds_what_an_unprotected_total_tells():
    truth = sectors(1, 6)
    cells = [{"outcome": outcome, "counts": counts(sum(truth.values()), outcome)} for outcome in ("strict", "broad")]
    page = Page(
        figures={"sectors": [], "together": [{"every": True, "cells": cells}]},
        measured=tuple(truth),
    )
    found = list(bounds(truth, [page], ["sector_02"]))
    assert max(bound.width for bound in found) < 1e-6
    assert {bound.cell: round(bound.least) for bound in found if bound.outcome == "strict"} == {
        name: number for name, number in counts(truth["sector_02"], "strict").items() if name != "neither"
    }
