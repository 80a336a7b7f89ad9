"""How the page in the browser holds up: field workers at once, whose connections are cut now and then.

    python benchmarks/bench_web.py                   # 5 on SQLite; 50 on PostgreSQL where CORRTEST_POSTGRES_URL is set
    python benchmarks/bench_web.py --seconds 600     # for ten minutes instead of one

Each signs in with a token of their own and works on: today's list, an application, "sent", its reaction, with pauses as
a person makes. One act in twenty is cut off before its answer comes, and sent again as the page does.
Exits 1 where 95 of 100 answers take more than 200 ms, an act is lost or done twice, or another's pair is touched.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import shutil
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from bench_register import STUDY, BenchmarkPlan, a_plan, a_schema

from corrtest.register import Register
from corrtest.spec import read_study_text

AT = datetime(2027, 1, 20, 8, tzinfo=UTC)
SLOWEST, PAUSE, CUT = 0.2, 3.0, 0.05
_KEY = re.compile(r'name="form_key" value="([^"]+)"')
_ACT = re.compile(r'name="act" value="([^"]+)"')


@dataclass
class Worker:
    """A field worker with a telephone."""

    port: int
    name: str
    token: str
    seed: int
    seconds: list[float] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    cookie: str = ""

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Return status, address to go on to, and text of an answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}", "Accept-Language": "en"}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        line.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        self.seconds.append(time.perf_counter() - started)
        if given := answer.headers.get("set-cookie"):
            self.cookie = given.split(";")[0]
        line.close()
        return answer.status, answer.headers.get("location", ""), text

    def cut(self, path: str, fields: dict[str, str]) -> None:
        """Send an act and hang up before its answer comes."""
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nOrigin: http://127.0.0.1:{self.port}\r\n"
            f"Cookie: {self.cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            line.sendall(head.encode() + body)

    def act(self, chance: random.Random, page: str, path: str, kind: str, **fields: str) -> None:
        """Do an act of a page that was opened, over a line that may fail."""
        whole = {"form_key": _KEY.findall(page)[0], "act": uuid.uuid4().hex, **fields}
        if chance.random() < CUT:
            self.cut(path, whole)
        status, _, text = self.ask("POST", path, whole)
        if status == 303:
            self.done[kind] += 1
        else:
            told = re.search(r'id="refusal"[^>]*>([^<]+)', text)
            self.faults.append(f"{kind} {status}: {told[1].strip() if told else text[:200]}")

    def work(self, until: float) -> None:
        """Work through what is due until the day is over."""
        chance = random.Random(self.seed)  # noqa: S311 (nothing is kept secret by it)
        self.ask("POST", "/sign-in", {"name": self.name, "token": self.token})
        while time.monotonic() < until:
            _, _, page = self.ask("GET", "/today")
            due = re.findall(r'href="/application/(\d+)"', page)
            if not due:
                return
            number = due[0]
            _, _, page = self.ask("GET", f"/application/{number}")
            time.sleep(chance.expovariate(1 / PAUSE))
            self.act(chance, page, f"/application/{number}/sent", "sent")
            time.sleep(chance.expovariate(1 / PAUSE))
            _, _, page = self.ask("GET", f"/application/{number}")
            self.act(chance, page, f"/application/{number}/reaction", "reaction", reaction="negative")


def served(place: str, key_file: Path, port: int) -> None:
    """Serve the page on a register, as `corrtest web` does."""
    from corrtest.web import Served, Workplace, serve

    started = time.monotonic()

    def clock() -> datetime:
        return AT + timedelta(seconds=time.monotonic() - started)

    serve(Workplace(folder=None, place=place, key_file=key_file, clock=clock), Served(port=port))


def a_day(place: str, folder: Path, people: int, pairs_each: int) -> tuple[Path, dict[str, str]]:
    """Make a register in which each of so many people has pairs of a firm of their own that are due."""
    study = read_study_text(STUDY, "benchmark.toml")
    made = a_plan(study, people * pairs_each)
    due = {"send_first_on": pd.Timestamp("2027-01-18"), "send_second_on": pd.Timestamp("2027-01-19")}
    plan = BenchmarkPlan(study, made.pairs.assign(**due), made.manifest)
    key_file = folder / f"{uuid.uuid4().hex}.key"
    with Register.create(place, study, key_file=key_file, clock=lambda: AT) as register:
        firms = {pair: f"firm {n % people}" for n, pair in enumerate(plan.pairs["pair_id"])}
        count = register.intake.import_plan(plan, partners=firms)
        register.supervision.record_audit(pairs=count, failures=0, manifest_sha256="0" * 64)
        tokens = {}
        for n in range(people):
            register.people.add(f"worker_{n}", "partner", partner=f"firm {n}")
            tokens[f"worker_{n}"] = register.people.give_token(f"worker_{n}")
    return key_file, tokens


def measured(place: str, folder: Path, people: int, seconds: float) -> bool:
    """Let so many people work at once; say how long answers took and what became of the acts."""
    key_file, tokens = a_day(place, folder, people, max(10, int(seconds / PAUSE / 2)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = get_context("spawn").Process(target=served, args=(place, key_file, port), daemon=True)
    server.start()
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    until = time.monotonic() + seconds
    workers = [Worker(port, name, token, seed) for seed, (name, token) in enumerate(tokens.items())]
    threads = [threading.Thread(target=worker.work, args=(until,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.terminate()
    server.join()
    return told(place, key_file, workers)


def told(place: str, key_file: Path, workers: list[Worker]) -> bool:
    """Say the figures, and whether all is as it must be."""
    took = np.sort(np.concatenate([worker.seconds for worker in workers]))
    slow = float(np.quantile(took, 0.95))
    acknowledged = sum((worker.done for worker in workers), Counter())
    faults = [fault for worker in workers for fault in worker.faults]
    with Register.open(place, key_file=key_file, clock=lambda: AT + timedelta(days=1)) as register:
        trail = register.oversight.audit_trail()
        passed = register.oversight.verify().passed
    acts = trail[trail["kind"].isin(["sent", "reaction"])]
    on_record = Counter(acts["kind"])
    twice = int(acts.duplicated(["kind", "pair_id", "arm"]).sum())
    firm_of = {f"worker_{n}": n for n in range(len(workers))}
    others = sum(
        firm_of[row.actor] != (int(row.pair_id[1:]) - 1) % len(workers) for row in acts.itertuples() if row.pair_id
    )
    lost = sum(abs(on_record[kind] - acknowledged[kind]) for kind in ("sent", "reaction"))
    print(f"  {len(took)} answers: median {1e3 * np.median(took):.0f} ms, 95 of 100 within {1e3 * slow:.0f} ms")
    print(
        f"  acknowledged {dict(acknowledged)}, on record {dict(on_record)}: "
        f"{lost} lost, {twice} twice, {others} of others"
    )
    for fault, count in Counter(faults).most_common(5):
        print(f"  refused {count} times: {fault}")
    return slow < SLOWEST and not (lost or twice or others or faults) and passed


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    folder = Path(tempfile.mkdtemp())
    try:
        print("SQLite, 5 people:")
        ok = measured(str(folder / "web.db"), folder, 5, seconds)
        if server := os.environ.get("CORRTEST_POSTGRES_URL"):
            print("PostgreSQL, 50 people:")
            with a_schema(server) as place:
                ok &= measured(place, folder, 50, seconds)
        else:
            print("PostgreSQL: not measured, CORRTEST_POSTGRES_URL is not set")
    finally:
        shutil.rmtree(folder)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
