"""A study folder with a small register, and a browser's way to its page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from corrtest.register import Register
from corrtest.spec import StudyFolder
from corrtest.web import Served, Workplace, make_app
from tests.register.conftest import STUDY, Clock, a_documents_folder, a_plan, a_study

ADDRESS = "http://localhost:8765"
MORNING = datetime(2027, 1, 11, 9, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"


@dataclass
class Site:
    """The page as a browser meets it: forms carry their keys, requests say where they come from."""

    client: TestClient
    folder: StudyFolder
    clock: Clock
    seconds: list[float]

    def get(self, path: str):
        return self.client.get(path)

    def key(self, path: str = "/today") -> str:
        """Return the form key of a page."""
        found = re.search(r'name="form_key" value="([^"]+)"', self.get(path).text)
        assert found, self.get(path).text
        return found[1]

    def post(self, path: str, *, key: str | None = None, origin: str | None = ADDRESS, **fields: str):
        headers = {} if origin is None else {"Origin": origin}
        data = {"form_key": self.key() if key is None else key, **fields}
        return self.client.post(path, data=data, headers=headers)

    def register(self, **options) -> Register:
        return Register.open(self.folder.register, clock=self.clock, **options)


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """A study folder: a register of four pairs, audited, with candidates, and a document for each application."""
    root = tmp_path / "small"
    root.mkdir()
    made = StudyFolder(root)
    study = a_study()
    made.study.write_text(
        STUDY.format(name="small", approval="", pairs=4, total=2, window=1, weeks=8), encoding="utf-8"
    )
    a_documents_folder(made.documents)
    for number in range(1, 5):
        for arm in ("control", "treated"):
            place = made.documents / f"P{number:05d}" / arm
            place.mkdir(parents=True)
            (place / "cv.pdf").write_bytes(b"%PDF-1.7 a curriculum vitae")
            (place / "email.txt").write_text("Geachte heer, mevrouw\n", encoding="utf-8")
    plan = a_plan(study, employer_name=[HOSTILE])
    with Register.create(made.register, study, clock=Clock(MORNING), secret=b"s" * 32) as register:
        register.intake.import_plan(plan)
        register.supervision.record_audit_of(made.documents)
    return made


@pytest.fixture
def open_site(folder: StudyFolder) -> Callable[..., Site]:
    """Open the page as it is served."""

    def opened(served: Served | None = None, address: str = ADDRESS) -> Site:
        clock, seconds = Clock(MORNING), [0.0]
        app = make_app(Workplace(folder=folder, clock=clock), served, clock=lambda: seconds[0])
        client = TestClient(app, base_url=address, raise_server_exceptions=True)
        return Site(client, folder, clock, seconds)

    return opened


@pytest.fixture
def site(open_site) -> Site:
    return open_site()
