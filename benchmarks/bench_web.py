"""The page under load: field workers who each open an application, say that it was sent, and go on, over loopback.

    python -m benchmarks.bench_web --workers 5 --seconds 60

Each act is sent twice with the same key, as a phone does whose connection broke before the answer came. Printed are the
requests, the 95th percentile of their time, acts that were answered and are not on record (lost), and those that are
there more than once (double). On PostgreSQL: --place postgresql://… of an empty database.
"""

from __future__ import annotations

import argparse
import queue
import re
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2 as httpx
import numpy as np
import uvicorn

from corrtest.register import Register
from corrtest.web import Served, Workplace, make_app
from tests.register.conftest import Clock, a_plan, a_study

MORNING = datetime(2027, 1, 11, 9, tzinfo=UTC)


def prepared(root: Path, place: str, pairs: int) -> None:
    """Make a register of so many pairs, each at an employer of its own."""
    study = a_study(pairs=pairs)
    with Register.create(place, study, clock=Clock(MORNING), key_file=root / "register.key") as register:
        register.intake.import_plan(a_plan(study, pairs=pairs))
        register.supervision.record_audit(pairs=pairs, failures=0, manifest_sha256="0" * 64)


def work(address: str, numbers: queue.Queue[int], until: float, times: list[float], acked: list[int]) -> None:
    """Send applications until the time is over."""
    with httpx.Client(base_url=address, follow_redirects=True, headers={"Origin": address}, timeout=60) as client:
        while time.monotonic() < until:
            try:
                number = numbers.get_nowait()
            except queue.Empty:
                return
            shown = _timed(times, client.get, f"/application/{number}").text
            fields = {name: re.search(f'name="{name}" value="([^"]+)"', shown)[1] for name in ("form_key", "act")}
            for _ in range(2):
                answer = _timed(times, client.post, f"/application/{number}/sent", data=fields)
            if answer.status_code == 200:
                acked.append(number)


def _timed(times: list[float], ask, *args, **more) -> httpx.Response:
    began = time.perf_counter()
    answer = ask(*args, **more)
    times.append(time.perf_counter() - began)
    return answer


def main() -> None:
    """Run the load, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--place")
    chosen = parser.parse_args()
    root = Path(tempfile.mkdtemp())
    place = chosen.place or str(root / "register.sqlite")
    prepared(root, place, chosen.pairs)
    workplace = Workplace(folder=None, place=place, key_file=root / "register.key", clock=Clock(MORNING))
    server = uvicorn.Server(uvicorn.Config(make_app(workplace, Served(port=0)), port=0, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    numbers: queue.Queue[int] = queue.Queue()
    for number in range(1, 2 * chosen.pairs + 1, 2):
        numbers.put(number)
    times: list[float] = []
    acked: list[int] = []
    until = time.monotonic() + chosen.seconds
    threads = [
        threading.Thread(target=work, args=(address, numbers, until, times, acked)) for _ in range(chosen.workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.should_exit = True
    with Register.open(place, key_file=root / "register.key") as register:
        trail = register.oversight.audit_trail()
        sent = trail[trail["kind"] == "sent"]
    many = sent.groupby(["pair_id", "payload"]).size()
    lost, double = len(acked) - len(many), int((many > 1).sum())
    print(f"{chosen.workers} workers, {chosen.seconds:.0f} s: {len(times)} requests, {len(acked)} acts on record")
    print(f"p95 {1000 * np.quantile(times, 0.95):.0f} ms, lost {lost}, double {double}")


if __name__ == "__main__":
    main()
