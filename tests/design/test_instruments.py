from __future__ import annotations

import pytest

from corrtest.design import make_plan
from corrtest.errors import DesignError
from corrtest.lab import simulate_vacancies, simulated_study
from corrtest.resources import designs_folder
from corrtest.spec import check_vacancies, read_study


def test_no_pairs_are_planned_for_another_instrument():
    study = simulated_study("hairdressing")
    vacancies = check_vacancies(simulate_vacancies(study), study)
    with pytest.raises(DesignError, match=r"measures by client calls.*correspondence_test"):
        make_plan(read_study(designs_folder() / "service_vouchers.toml"), vacancies)
