"""Employer, vacancy and pair are no grouping columns, by whatever name they go."""

import numpy as np
import pytest

from corrtest.analysis import analyse, pairs_table, tells_apart
from corrtest.errors import InputError
from tests.disclosure.sectors import sector_pairs

TABLE = sector_pairs(1, criteria=("age",))
ROWS = np.arange(len(TABLE))


def by(name, values):
    return analyse(pairs_table(TABLE.assign(**{name: values})), by=(name,))


@pytest.mark.parametrize("name", ["employer", "pair_id", "vacancy", "vacancy_id", "employer_id", "address", "Address"])
def test_columns_of_one_employer_vacancy_or_pair_are_refused_by_name(name):
    values = TABLE[name] if name in TABLE else ["same"] * len(TABLE)
    with pytest.raises(InputError, match=f"'{name}' tells employers"):
        by(name, values)


@pytest.mark.parametrize(
    "values", [TABLE["employer"].str.lower(), [f"jobs{n}@firm.be" for n in ROWS], [f"v{n // 2}" for n in ROWS]]
)
def test_columns_that_tell_employers_or_pairs_apart_are_refused_by_what_they_hold(values):
    with pytest.raises(InputError, match="tells employers"):
        by("firm", values)


def test_an_employer_under_another_name_is_refused_where_the_table_has_no_column_of_employers():
    table = TABLE[["level"]].assign(case=TABLE["pair_id"], c=ROWS % 2, t=ROWS % 3 == 0)
    with pytest.raises(InputError, match="tells employers"):
        analyse(pairs_table(table, control="c", treated="t"), by=("case",))


def test_columns_of_many_employers_a_value_are_taken():
    assert by("occupation", [f"o{n % 12}" for n in ROWS]).groups
    assert not tells_apart([1] * 9)
    assert not tells_apart([2] * 10 + [30] * 12)
    assert tells_apart([1] * 12 + [30] * 10)
