"""What report and compare share: the gate, the release log, and files that leave together with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import shown
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.analysis import Results
    from corrtest.disclosure import Policy, Publication, ReleaseLog, ReleaseSet

PolicyFile = Annotated[Path | None, typer.Option("--policy", help="A stricter disclosure policy (TOML).")]
LogFolder = Annotated[
    Path | None,
    typer.Option(
        "--release-log",
        help="The folder that remembers earlier releases; default: secret/release_log of the study folder, or beside "
        "the results or above them.",
    ),
]


def publish(
    given: Sequence[Path],
    out: Path,
    write: Callable[[Sequence[ReleaseSet], Path], list[Path]],
    policy: Path | None,
    release_log: Path | None,
) -> None:
    """Release what the files hold, write it with `write`, and say where; files and release log go together."""
    from corrtest.disclosure import publication, read_policy

    base = read_policy(policy) if policy else None
    opened = [_read(path) for path in given]
    log = _log_for(given, opened, release_log)
    if log is None:
        written = write([_released(each, base, None) for each in opened], out)
    else:
        with publication(log, out) as leaving:
            written = write([_released(each, base, leaving) for each in opened], leaving.folder)
            written = [out / path.relative_to(leaving.folder) for path in written]
    for path in written:
        show(say("Wrote {path}", path=shown(path)))
    if log is not None:
        place = shown(log.folder)
        show(
            say(
                "Remembered in {place}: keep it with the register, next time it tells what was released before.",
                place=place,
            )
        )


def _read(path: Path) -> Results | ReleaseSet:
    """Read results, or releases that left before."""
    from corrtest.analysis import Results
    from corrtest.disclosure import is_releases, read_releases

    return read_releases(path) if is_releases(path) else Results.read(path)


def _log_for(given: Sequence[Path], opened: Sequence[Results | ReleaseSet], folder: Path | None) -> ReleaseLog | None:
    """Return the release log that these results go into, or None where they need none.

    What has left already is only printed again; behind simulated reactions and published data there is nobody to
    protect.
    """
    from corrtest.analysis import Results
    from corrtest.disclosure import ReleaseLog, log_folder_for, names_no_one

    fresh = [(path, each) for path, each in zip(given, opened, strict=True) if isinstance(each, Results)]
    if not fresh:
        return None
    if folder is None:
        protected = [path for path, each in fresh if not each.simulated and not names_no_one(each)]
        if not protected:
            return None
        folder = log_folder_for(protected[0])
    return ReleaseLog.open(folder)


def _released(each: Results | ReleaseSet, base: Policy | None, log: Publication | None) -> ReleaseSet:
    from corrtest.analysis import Results
    from corrtest.disclosure import policy_for, release

    return release(each, policy_for(each, base), log) if isinstance(each, Results) else each
