"""Near-duplicate documents by MinHash: pairs of documents that share more runs of words than two people would.

A document is its set of runs of five words. Documents whose signatures agree in a whole band are compared exactly.
Source: Broder (1997), "On the resemblance and containment of documents"; bands as in Leskovec, Rajaraman & Ullman,
"Mining of Massive Datasets", section 3.4.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

__all__ = ["near_duplicates"]

RUN = 5
BANDS, ROWS = 16, 4
# A band in which more documents agree than this says only that they share boilerplate.
CROWD = 60
_WORD = re.compile(r"[^\W\d_]+")
_PRIME = np.uint64((1 << 31) - 1)


def _shingles(text: str) -> npt.NDArray[np.uint64]:
    words = _WORD.findall(text.lower())
    runs = {zlib.crc32(" ".join(words[i : i + RUN]).encode()) & 0x7FFFFFFF for i in range(len(words) - RUN + 1)}
    return np.fromiter(sorted(runs), dtype=np.uint64, count=len(runs))


def near_duplicates(texts: Sequence[str], limit: float) -> list[tuple[int, int, float]]:
    """Return (document, document, resemblance) of all pairs found with a Jaccard resemblance of at least `limit`.

    With 16 bands of 4 rows a pair that resembles for 0.7 is found with a probability above 0.98.
    """
    rng = np.random.default_rng(20)  # the hash functions, not a draw of the study
    a = rng.integers(1, int(_PRIME), BANDS * ROWS, dtype=np.uint64)
    b = rng.integers(0, int(_PRIME), BANDS * ROWS, dtype=np.uint64)
    sets = [_shingles(text) for text in texts]
    buckets: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    for number, runs in enumerate(sets):
        if not runs.size:
            continue
        signature = ((a[:, None] * runs[None, :] + b[:, None]) % _PRIME).min(axis=1)
        for band in range(BANDS):
            buckets[band, signature[band * ROWS : (band + 1) * ROWS].tobytes()].append(number)
    candidates = {
        pair for members in buckets.values() if 1 < len(members) <= CROWD for pair in combinations(members, 2)
    }
    found = []
    for one, other in sorted(candidates):
        common = np.intersect1d(sets[one], sets[other], assume_unique=True).size
        resemblance = common / (sets[one].size + sets[other].size - common)
        if resemblance >= limit:
            found.append((one, other, float(resemblance)))
    return found
