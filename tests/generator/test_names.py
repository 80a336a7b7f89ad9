"""Where the names of the control arm come from, checked against the list that they cite."""

from __future__ import annotations

from faker.providers.person.nl_BE import Provider

from corrtest.generator.pool_files import SHIPPED_POOLS


def test_control_names_are_in_the_list_that_they_cite():
    cited = {*Provider.last_names, *Provider.first_names_male, *Provider.first_names_female}
    rows = [
        row for row in SHIPPED_POOLS.rows("names.csv") if row["origin"] == "flemish" and "Faker nl_BE" in row["source"]
    ]
    assert len(rows) > 100
    assert [row["name"] for row in rows if row["name"] not in cited] == []
