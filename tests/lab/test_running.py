"""An interrupted simulation goes on, and its numbers do not depend on where it runs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from corrtest.errors import CorrtestError
from corrtest.lab import run_cells
from measures import Cell, measure

PLAIN = Cell(pairs=100, control_rate=0.3, ratio=0.7, association=0.5)
CLUSTERED = Cell(pairs=100, control_rate=0.3, ratio=0.7, association=0.5, sizes=(4,), likeness=0.2)


def test_an_interrupted_run_goes_on_and_cores_change_nothing(tmp_path: Path) -> None:
    cells = (PLAIN, CLUSTERED)
    alone = run_cells(cells, measure, tmp_path / "a", experiments=200, workers=1)
    first = run_cells(cells[:1], measure, tmp_path / "b", experiments=200, workers=1)
    steps: list[tuple[int, int]] = []
    rest = run_cells(
        cells,
        measure,
        tmp_path / "b",
        experiments=200,
        workers=2,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert len(first) < len(rest)
    assert steps == [(1, 2), (2, 2)]
    pd.testing.assert_frame_equal(alone, rest)


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_numbers(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="pip install 'corrtest[cluster]'")
    cells = (PLAIN, CLUSTERED)
    here = run_cells(cells, measure, tmp_path / "here", experiments=200, workers=1)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        there = run_cells(cells, measure, tmp_path / "there", experiments=200, scheduler=cluster.scheduler_address)
    pd.testing.assert_frame_equal(here, there)


@pytest.mark.slow
def test_no_scheduler_is_one_clear_message(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="pip install 'corrtest[cluster]'")
    with pytest.raises(CorrtestError, match="No Dask scheduler answers"):
        run_cells((PLAIN,), measure, tmp_path, experiments=100, scheduler="tcp://127.0.0.1:1")
