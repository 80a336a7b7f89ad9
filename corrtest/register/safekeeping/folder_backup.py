"""Backup of a study folder: every file of it, the register as one moment of its life, and what each file must be."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.clock import now
from corrtest.register.register import Register
from corrtest.register.safekeeping.sealed_file import SealedReader, sealing
from corrtest.register.session import COORDINATOR
from corrtest.register.store.backup import mark_restored
from corrtest.spec import StudyFolder, make_private

MANIFEST = ".corrtest-backup.json"
_SERVER_DUMP = "register.dump"
_FORMAT = "corrtest/folder-backup/1"
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderBackup:
    """What a backup holds.

    Attributes
    ----------
    files : mapping
        Path within the study folder → SHA-256.
    head : str or None
        The end of the register's chain of events, to be found again by `verify`; None without a register.
    left_out : tuple of str
        Symbolic links: what they point to lies elsewhere.
    """

    files: dict[str, str]
    head: str | None
    left_out: tuple[str, ...]

    @property
    def server_dump(self) -> str | None:
        """The file with the register that was on a server, where there is one."""
        return _SERVER_DUMP if _SERVER_DUMP in self.files else None


def back_up_folder(
    folder: StudyFolder,
    target: str | Path,
    passphrase: str,
    *,
    register: Register | None = None,
    actor: str = COORDINATOR,
) -> FolderBackup:
    """Write the whole study folder to the one encrypted file `target` while others go on working; return what is in it.

    Parameters
    ----------
    folder : StudyFolder
    target : str or Path
        A new file outside the study folder.
    passphrase : str
        At least 12 characters. Without it nobody opens the file, the owner included.
    register : Register, optional
        The study's register, in the folder or on a server; it is copied as it is at one moment.
    actor : str
        Who saves it.

    Raises
    ------
    RegisterError
        The target exists, or lies in the folder; the passphrase is too short; the disk is full. Nothing is left then.
    """
    target = Path(target).absolute()
    if target.exists():
        raise RegisterError(
            say("{target} exists already. A backup overwrites nothing: give another name.", target=target)
        )
    if target.resolve().is_relative_to(folder.root.resolve()):
        raise RegisterError(say("A backup in the folder that it saves is lost with it. Give a file elsewhere: --out."))
    unfinished = target.with_name(target.name + ".part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out, tempfile.TemporaryDirectory(dir=folder.make_secret()) as aside:
            made = _write(folder, out, passphrase, register, Path(aside), actor)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(target)
    except OSError as error:
        raise RegisterError(
            say("The backup to {target} failed ({error}); nothing is left of it.", target=target, error=error.strerror)
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return made


def restore_folder(source: str | Path, target: str | Path, passphrase: str) -> FolderBackup:
    """Make the study folder `target`, where there is nothing yet, from a backup; return what it holds.

    Raises
    ------
    RegisterError
        No such file, another passphrase, a damaged file, or a place that is taken. Nothing is left then.
    """
    source, target = Path(source), Path(target).absolute()
    if not source.is_file():
        raise RegisterError(say("There is no backup {source}.", source=source))
    if target.exists():
        raise RegisterError(
            say("{target} exists already. Move it away first: a restore overwrites nothing.", target=target)
        )
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        make_private(unfinished)
        with source.open("rb") as stream:
            made = _read(SealedReader(stream, passphrase, source.name), unfinished, source.name)
        register = StudyFolder(unfinished).register
        if register.is_file():
            mark_restored(register, now())
        unfinished.rename(target)
    except OSError as error:
        raise RegisterError(
            say("The backup cannot be put back at {target}: {error}.", target=target, error=error.strerror)
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return made


def _write(
    folder: StudyFolder, out: BinaryIO, passphrase: str, register: Register | None, aside: Path, actor: str
) -> FolderBackup:
    head, copies = _register_copy(folder, register, aside, actor)
    found, links = _files(folder, aside)
    files: dict[str, str] = {}
    with (
        sealing(out, passphrase) as sealed,
        tarfile.open(fileobj=cast("Any", sealed), mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, path in sorted({**found, **copies}.items()):
            files[name] = _add(archive, name, path)
        manifest = json.dumps({"format": _FORMAT, "files": files, "head": head, "left_out": links}).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(manifest)
        archive.addfile(entry, io.BytesIO(manifest))
    return FolderBackup(files=files, head=head, left_out=tuple(links))


def _register_copy(
    folder: StudyFolder, register: Register | None, aside: Path, actor: str
) -> tuple[str | None, dict[str, Path]]:
    """Return the head of the register's chain, and under which name its copy goes into the backup."""
    if register is None:
        return None, {}
    own = register.session.store.path is not None
    copy = aside / (folder.register.name if own else _SERVER_DUMP)
    return register.oversight.backup(copy, actor=actor), {copy.name: copy}


def _files(folder: StudyFolder, aside: Path) -> tuple[dict[str, Path], list[str]]:
    """Return the files of the folder but for the live register and what is being written, and the symbolic links."""
    live = folder.register.name
    files: dict[str, Path] = {}
    links: list[str] = []
    for path in sorted(folder.root.rglob("*")):
        name = path.relative_to(folder.root).as_posix()
        if path.is_symlink():
            links.append(name)
        elif path.is_file() and not path.is_relative_to(aside) and not _is_live(name, live):
            files[name] = path
    return files, links


def _is_live(name: str, register: str) -> bool:
    """Whether a file is SQLite's own beside the register: its copy holds what they hold."""
    return name in {register, f"{register}-wal", f"{register}-shm", f"{register}-journal"}


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add one file and return its SHA-256; a file that grows while it is read goes in as it was when it was opened."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(stream.fileno()).st_size
        entry.mtime = int(os.fstat(stream.fileno()).st_mtime)
        archive.addfile(entry, cast("Any", _Digested(stream, digest, entry.size)))
    return digest.hexdigest()


class _Digested:
    """A stream whose content is digested while it is read, to the length that it had at first."""

    def __init__(self, stream: BinaryIO, digest: Any, size: int) -> None:
        self._stream, self._digest, self._left = stream, digest, size

    def read(self, size: int) -> bytes:
        content = self._stream.read(min(size, self._left))
        self._left -= len(content)
        self._digest.update(content)
        return content


def _read(sealed: SealedReader, target: Path, name: str) -> FolderBackup:
    manifest: dict[str, Any] | None = None
    found: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=cast("Any", sealed), mode="r|") as archive:
            for entry in archive:
                content = archive.extractfile(entry)
                if content is None or not entry.isreg() or not _inside(entry.name):
                    raise RegisterError(say("{name} holds what no backup of corrtest holds.", name=name))
                if entry.name == MANIFEST:
                    manifest = json.loads(content.read())
                else:
                    found[entry.name] = _put(target / entry.name, _pieces(content), entry.mtime)
    except (tarfile.TarError, json.JSONDecodeError) as error:
        raise RegisterError(say("{name} is damaged or cut off. Take another copy of the backup.", name=name)) from error
    if manifest is None or manifest.get("format") != _FORMAT or manifest["files"] != found:
        raise RegisterError(say("{name} is damaged or cut off. Take another copy of the backup.", name=name))
    return FolderBackup(files=found, head=manifest["head"], left_out=tuple(manifest["left_out"]))


def _inside(name: str) -> bool:
    """Whether a name stays within the folder, on any system."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name and ":" not in parts[0]


def _pieces(content: Any) -> Iterator[bytes]:
    while piece := content.read(_PIECE):
        yield piece


def _put(path: Path, pieces: Iterator[bytes], changed: float) -> str:
    """Write one file, readable by its owner alone, and return its SHA-256."""
    make_private(path.parent)
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        for piece in pieces:
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    os.utime(path, (changed, changed))
    return digest.hexdigest()
