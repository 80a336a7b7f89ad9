"""How long a cross-sector report over 32 simulated sectors takes, and what the attacks on the gate find.

Usage: python benchmarks/bench_report.py [sectors] [attacked sectors]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corrtest.disclosure import policy_for, release
from corrtest.report import write_comparison, write_report
from tests.disclosure.attacks.test_attacks import POLICY, _report, attack_many
from tests.disclosure.attacks.test_odd_and_unpaired import attack_odd, attack_unpaired
from tests.disclosure.sectors import sector_results


def main(sectors: int = 32, attacked: int = 100) -> None:
    started = time.perf_counter()
    results = [
        sector_results(seed, sector=f"sector_{seed:02d}", committees={str(200 + seed): 60 + 10 * (seed % 9)})
        for seed in range(sectors)
    ]
    analysed = time.perf_counter()
    released = [release(each, policy_for(each)) for each in results]
    gated = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        write_comparison(released, folder, formats=("html", "pdf", "xlsx"), ranks=True)
        compared = time.perf_counter()
        for number, each in enumerate(released):
            write_report(each, Path(folder) / str(number))
        written = time.perf_counter()
    print(f"{sectors} sectors: analysis {analysed - started:.1f} s, gate {gated - analysed:.1f} s,")
    print(f"  cross-sector report (nl, en; HTML, PDF, XLSX) {compared - gated:.1f} s")
    print(f"  {sectors} reports of their own (nl, en; HTML) {written - compared:.1f} s")
    print(f"  in all {written - started:.1f} s")
    if attacked:
        print(f"{attacked} sectors attacked under all_but_one: " + _report(*attack_many(range(attacked), POLICY)))
        found, shown = attack_odd(range(attacked))
        print(f"  result and check without odd pairs ({shown} shown): highest certainty {max(found):.4f}")
        found, hidden = attack_unpaired(range(attacked))
        print(f"  unpaired studies: highest certainty {max(found):.4f}, cells hidden {hidden:.1%}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
