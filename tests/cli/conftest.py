"""Run the command as a user does, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from corrtest.cli import main
from corrtest.register.clock import another_clock


@pytest.fixture(autouse=True)
def a_later_clock() -> Iterator[None]:
    """What tests put on record has happened, whatever the day on which they run."""
    with another_clock(lambda: datetime(2028, 1, 1, 12, tzinfo=UTC)):
        yield


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def corrtest(monkeypatch, capsys, tmp_path) -> Callable[..., Ran]:
    """Return a function that runs `corrtest ARGUMENTS…` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["corrtest", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        code = stopped.value.code
        return Ran(0 if code is None else int(code), captured.out, captured.err)

    return run
