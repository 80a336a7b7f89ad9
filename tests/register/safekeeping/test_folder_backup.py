"""The drill: everything is lost, the backup is put back, the register is verified, and work goes on."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from corrtest.cli.app import app
from corrtest.errors import RegisterError
from corrtest.register import Register, back_up_folder, restore_folder
from corrtest.register.safekeeping import sealed_file
from corrtest.register.safekeeping.folder_backup import MANIFEST
from corrtest.register.safekeeping.sealed_file import sealing
from corrtest.spec import StudyFolder
from tests.register.conftest import FIRST, a_plan, a_study

WORDS = "paard batterij nietje correct"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file.SealedWriter.__init__, "__defaults__", (4,))


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """A study folder in the middle of its fieldwork."""
    root = tmp_path / "study"
    root.mkdir()
    (root / "study.toml").write_text('[study]\nname = "small"\n', encoding="utf-8")
    (root / "vacancies").mkdir()
    (root / "vacancies" / "week 1 – é.csv").write_bytes(b"vacancy_id;employer_id\n" * 9000)
    (root / "elsewhere").symlink_to(tmp_path)
    folder = StudyFolder(root)
    folder.make_secret()
    study = a_study()
    with Register.create(folder.register, study) as register:
        register.intake.import_plan(a_plan(study))
        register.supervision.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
        register.sending.import_sent(_rows(("P00001", "control")))
    return folder


def _rows(*applications: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame([(*each, FIRST) for each in applications], columns=["pair_id", "arm", "at"])


def _content(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink() and not path.name.startswith("register.sqlite")
    }


def test_lose_everything_restore_verify_go_on(folder: StudyFolder, tmp_path: Path) -> None:
    saved, before = tmp_path / "safe" / "study.backup", _content(folder.root)
    saved.parent.mkdir()
    with Register.open(folder.register) as register:
        made = back_up_folder(folder, saved, WORDS, register=register)
    assert made.left_out == ("elsewhere",)
    assert saved.stat().st_mode & 0o777 == 0o600
    assert b"vacancy_id" not in saved.read_bytes() and b"register.key" not in saved.read_bytes()
    shutil.rmtree(folder.root)

    again = restore_folder(saved, folder.root, WORDS)
    assert again == made
    assert _content(folder.root) == before
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.root.rglob("*"))
    with Register.open(folder.register) as register:
        assert register.oversight.verify(head=made.head).passed
        with pytest.raises(RegisterError, match="made from a backup"):
            register.sending.claim_next(FIRST)
        register.supervision.resume(restored=True)
        register.sending.import_sent(_rows(("P00002", "treated")))
        register.replies.record("P00001", "control", "negative", "2027-01-11T12:00")
        assert register.oversight.verify(head=made.head).passed


def test_the_copy_is_one_moment_while_others_work(folder: StudyFolder, tmp_path: Path) -> None:
    with Register.open(folder.register) as register, Register.open(folder.register) as other:
        back_up_folder(folder, tmp_path / "one.backup", WORDS, register=register)
        other.sending.import_sent(_rows(("P00003", "control")))
    restore_folder(tmp_path / "one.backup", tmp_path / "again", WORDS)
    with Register.open(StudyFolder(tmp_path / "again").register) as register:
        assert register.oversight.verify().passed
        register.supervision.resume(restored=True)
        register.sending.import_sent(_rows(("P00003", "control")))


@pytest.mark.parametrize("harm", ["cut", "changed", "other words"])
def test_what_cannot_be_restored_whole_leaves_nothing(folder: StudyFolder, tmp_path: Path, harm: str) -> None:
    saved = tmp_path / "one.backup"
    back_up_folder(folder, saved, WORDS)
    content = bytearray(saved.read_bytes())
    if harm == "cut":
        saved.write_bytes(content[:-40_000])
    elif harm == "changed":
        content[len(content) // 2] ^= 1
        saved.write_bytes(content)
    with pytest.raises(RegisterError, match="damaged or cut off"):
        restore_folder(saved, tmp_path / "again", "heel andere woorden" if harm == "other words" else WORDS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.backup", "study"]


def test_nothing_is_overwritten(folder: StudyFolder, tmp_path: Path) -> None:
    saved = tmp_path / "one.backup"
    back_up_folder(folder, saved, WORDS)
    with pytest.raises(RegisterError, match="exists already"):
        back_up_folder(folder, saved, WORDS)
    with pytest.raises(RegisterError, match="exists already"):
        restore_folder(saved, folder.root, WORDS)
    with pytest.raises(RegisterError, match="is lost with it"):
        back_up_folder(folder, folder.root / "results" / "one.backup", WORDS)


@pytest.mark.parametrize("name", ["../out.txt", "/srv/out.txt", "a/../../out.txt", "C:/out.txt", "..\\out.txt"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    saved = tmp_path / "made.backup"
    with saved.open("wb") as out, sealing(out, WORDS) as sealed, tarfile.open(fileobj=sealed, mode="w|") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
        manifest = json.dumps(
            {"format": "corrtest/folder-backup/1", "files": {}, "head": None, "left_out": []}
        ).encode()
        last = tarfile.TarInfo(MANIFEST)
        last.size = len(manifest)
        archive.addfile(last, io.BytesIO(manifest))
    with pytest.raises(RegisterError, match="holds what no backup"):
        restore_folder(saved, tmp_path / "again", WORDS)
    assert [path.name for path in tmp_path.iterdir()] == ["made.backup"]


def test_the_two_verbs(folder: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRTEST_PASSPHRASE", WORDS)
    runner, saved = CliRunner(), tmp_path / "one.backup"
    done = runner.invoke(app, ["backup", str(folder.root), "--out", str(saved)])
    assert done.exit_code == 0, done.output
    assert "Head: " in done.output and "elsewhere" in done.output
    done = runner.invoke(app, ["restore", str(saved), "--out", str(tmp_path / "again")])
    assert done.exit_code == 0, done.output
    assert "register verify --head" in " ".join(done.output.split())
