"""A coalition of employers with its own answers, the list of vacancies, and all that was ever released.

Written from the guarantee's text (docs/disclosure.md), not from the code that gives it. Three attacks on every release
together:

- the sets of pairs whose counts are shown or follow from shown ones by adding and subtracting (linear algebra over the
  classes of pairs that no shown cell tells apart), each against every coalition (exactly: the best coalition for a set
  is found by sorting, or by a knapsack);
- for what cannot be computed, how likely each outcome is for each pair outside, given all figures of both outcomes at
  once and the sector's own rates (least information, by iterative proportional fitting over both arms' reactions);
- where that is likely, whether it is certain: linear programming over all tables that agree with what was shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import null_space
from scipy.optimize import linprog

from corrtest.disclosure import Policy, ReleaseSet
from tests.disclosure.attacks.risky_sectors import KINDS, OUTCOMES, is_odd, kinds

# What an arm did: nothing positive, positive in the broad sense alone, an invitation. A pair has one of nine states.
ARM_STATES = (0, 1, 2)
ARMS = ("control", "treated")
STATES = tuple(itertools.product(ARM_STATES, ARM_STATES))
NAMES = tuple(OUTCOMES)
# state → kind of each outcome: strict counts an arm's 2, broad its 1 and 2.
KIND_OF = {
    outcome: np.array(
        [{(1, 1): 0, (1, 0): 1, (0, 1): 2, (0, 0): 3}[int(c >= least), int(t >= least)] for c, t in STATES]
    )
    for outcome, least in (("strict", 2), ("broad", 1))
}
SENSITIVE = (0, 1, 2)  # both, control only, treated only
MOST_ATOMS = 14  # beyond this many classes of pairs, sets that can be computed are looked for among differences alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What an attack found, in words that a test can print."""

    how: str
    what: str
    share: float
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The shown cells of all releases: which pairs each is about, and its counts by outcome and kind."""

    masks: np.ndarray
    counts: dict[str, np.ndarray]
    labels: tuple[str, ...]


def shown_cells(table: pd.DataFrame, released: Sequence[tuple[np.ndarray, ReleaseSet]]) -> Shown:
    """Return what was shown; each release comes with the rows of the table that it rests on."""
    found: dict[tuple[bytes, int], dict[str, np.ndarray]] = {}
    masks: dict[tuple[bytes, int], np.ndarray] = {}
    labels: dict[tuple[bytes, int], str] = {}
    for number, (rows, one) in enumerate(released):
        for cell in (*one, *one.merged):
            if not cell.shown:
                continue
            for arm, counts in _told(cell):
                mask = rows & _about(cell, table)
                if arm:  # which application a vacancy got is known
                    mask = mask & (table["arm"] == arm).to_numpy()
                key = (mask.tobytes(), number)
                masks[key] = mask
                labels[key] = f"release {number + 1}: {[value for value in cell.keys.values() if value][:-1]} {arm}"
                found.setdefault(key, {})[cell.outcome] = counts
        for check in one.odd_checks:  # he may know which pairs got an automatic answer
            if check.counts is not None:
                mask = rows & (table["criterion"] == check.criterion).to_numpy() & ~is_odd(table)
                key = (mask.tobytes(), number)
                masks[key], labels[key] = mask, f"release {number + 1}: {check.criterion} without odd pairs"
                found.setdefault(key, {})[check.outcome] = _told(check)[0][1]
    whole = [key for key, counts in found.items() if set(counts) == set(NAMES)]
    return Shown(
        masks=np.array([masks[key] for key in whole]).reshape(len(whole), len(table)),
        counts={name: np.array([found[key][name] for key in whole]).reshape(len(whole), 4) for name in NAMES},
        labels=tuple(labels[key] for key in whole),
    )


def _told(cell) -> list[tuple[str, np.ndarray]]:
    """Return the counts of a cell by kind; of each arm, where each vacancy got one application."""
    told = cell.counts.as_dict()
    if set(told) == set(KINDS):
        return [("", np.array([told[kind] for kind in KINDS]))]
    return [(arm, np.array([told[f"{arm}_positive"], 0, 0, told[f"{arm}_other"]])) for arm in ARMS]


def _about(cell, table: pd.DataFrame) -> np.ndarray:
    mask = np.ones(len(table), dtype=bool)
    for name, value in cell.keys.items():
        if value is not None and name != "outcome":
            mask &= table[name].isin(str(value).split(" + ")).to_numpy()
    return mask


def breaches(
    table: pd.DataFrame, released: Sequence[tuple[np.ndarray, ReleaseSet]], policy: Policy, *, coalitions: int = 4
) -> list[Breach]:
    """Return everything that the coalition finds beyond the policy; `coalitions` of them also try what is likely.

    In an unpaired study what is protected is a positive reaction of either arm, and what follows is all that is tried.
    """
    if "arm" in table:
        coalitions = 0
    shown = shown_cells(table, released)
    if not len(shown.masks):
        return []
    columns, atom_of = np.unique(shown.masks, axis=1, return_inverse=True)
    atom_of = np.asarray(atom_of).ravel()
    basis = null_space(columns.astype(float))
    employers, employer_of = np.unique(table["employer"].to_numpy(), return_inverse=True)
    own = {name: kinds(table, name) for name in NAMES}
    world = _World(table=table, employer_of=employer_of, number=len(employers), own=own)
    found: list[Breach] = []
    harshest: list[tuple[float, np.ndarray]] = []
    for atoms in _computable(columns, basis):
        inside = atoms[atom_of]
        if not inside.any():
            continue
        found += _sizes(world, inside, policy, shown, atoms, columns)
        for coalition, share, name, kind in _worst_coalitions(world, inside, policy):
            harshest.append((share, coalition))
            outside = int((inside & ~coalition[employer_of]).sum())
            if share > policy.most_alike + 1e-9 or (outside and share >= 1):
                found.append(
                    Breach(
                        how="computed",
                        what=f"{name} {KINDS[kind]}: {_named(atoms, columns, shown)}",
                        share=share,
                        pairs=outside,
                    )
                )
    harshest.sort(key=lambda each: -each[0])
    for _, coalition in harshest[:coalitions]:
        found += _likely(world, shown, coalition, atom_of, policy)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    table: pd.DataFrame
    employer_of: np.ndarray
    number: int
    own: dict[str, np.ndarray]


def _computable(columns: np.ndarray, basis: np.ndarray) -> Iterator[np.ndarray]:
    """Yield sets of classes of pairs whose counts follow from those of the shown cells, as 0/1 vectors.

    A set follows when its indicator is a combination of theirs: orthogonal to what they leave open (`basis`). All of
    them where the classes are few; else shown cells, and sums and differences of two.
    """
    atoms = columns.shape[1]
    if atoms <= MOST_ATOMS:
        for part in _components(columns):
            inner = basis[part]
            every = np.array(list(itertools.product((False, True), repeat=len(part))))
            follows = (
                np.abs(every @ inner).max(axis=1, initial=0.0) < 1e-9 if inner.shape[1] else np.ones(len(every), bool)
            )
            for chosen in every[follows & every.any(axis=1)]:
                whole = np.zeros(atoms, dtype=bool)
                whole[part] = chosen
                yield whole
        return
    tried: set[bytes] = set()
    cells_as_sets = [column.astype(bool) for column in columns]
    candidates = [*cells_as_sets, *np.eye(atoms, dtype=bool)]
    candidates += [a & ~b for a, b in itertools.permutations(cells_as_sets, 2) if (a & ~b).sum() < a.sum()]
    candidates += [a & b for a, b in itertools.combinations(cells_as_sets, 2)]
    for total in cells_as_sets:
        # A total less all shown parts of one grouping: what a hidden part or a merged row is.
        inside = [part for part in cells_as_sets if (part <= total).all() and (part != total).any()]
        rest = total.copy()
        for part in sorted(inside, key=lambda each: each.sum()):
            if (part <= rest).all():
                rest &= ~part
                candidates.append(rest.copy())
    for chosen in candidates:
        if chosen.any() and chosen.tobytes() not in tried:
            tried.add(chosen.tobytes())
            if not basis.shape[1] or np.abs(chosen @ basis).max() < 1e-9:
                yield chosen


def _components(columns: np.ndarray) -> list[np.ndarray]:
    """Return the classes of pairs in sets that shown cells connect."""
    left, found = set(np.flatnonzero(columns.any(axis=0))), []
    while left:
        part = {left.pop()}
        while True:
            cells = columns[:, sorted(part)].any(axis=1)
            wider = set(np.flatnonzero(columns[cells].any(axis=0)))
            if wider == part:
                break
            part = wider
        left -= part
        found.append(np.array(sorted(part)))
    return found


def _sizes(
    world: _World, inside: np.ndarray, policy: Policy, shown: Shown, atoms: np.ndarray, columns: np.ndarray
) -> list[Breach]:
    """Hold a set to the employers that must stand outside every coalition."""
    sizes = np.sort(np.bincount(world.employer_of[inside]))
    sizes = sizes[sizes > 0]
    quarter = int((np.cumsum(sizes) <= policy.coalition_share * sizes.sum()).sum())
    outside = len(sizes) - max(min(policy.coalition_employers, len(sizes)), quarter)
    if outside >= policy.outside_employers:
        return []
    return [Breach(how="few outside", what=_named(atoms, columns, shown), share=outside, pairs=int(sizes.sum()))]


def _worst_coalitions(
    world: _World, inside: np.ndarray, policy: Policy
) -> Iterator[tuple[np.ndarray, float, str, int]]:
    """Yield for each sensitive outcome the coalitions that leave the largest share of it outside, of both kinds.

    A coalition leaves a share above ρ when Σ(ρ·pairs − pairs with the outcome) over its employers is large enough: the
    best few are the largest of these, and the best within a share of the pairs is a knapsack.
    """
    number = np.bincount(world.employer_of[inside], minlength=world.number)
    pairs = int(number.sum())
    for name in NAMES:
        for kind in SENSITIVE:
            held = np.bincount(world.employer_of[inside & (world.own[name] == kind)], minlength=world.number)
            if not held.sum():
                continue
            gain = np.where(number > 0, policy.most_alike * number - held, -1.0)
            order = np.argsort(-gain)[: policy.coalition_employers]
            few = np.zeros(world.number, dtype=bool)
            few[order[gain[order] > 0]] = True
            for coalition in (few, _knapsack(number, gain, int(policy.coalition_share * pairs))):
                left = pairs - int(number[coalition].sum())
                told = int(held.sum() - held[coalition].sum())
                yield coalition, (told / left if left else 0.0), name, kind


def _knapsack(number: np.ndarray, gain: np.ndarray, room: int) -> np.ndarray:
    """Return the employers of greatest gain that hold at most `room` pairs together."""
    useful = np.flatnonzero((gain > 0) & (number <= room))
    best = np.zeros(room + 1)
    taken = np.zeros((len(useful), room + 1), dtype=bool)
    for place, employer in enumerate(useful):
        size = int(number[employer])
        other = np.concatenate([np.full(size, -1.0), best[: room + 1 - size] + gain[employer]])
        taken[place] = other > best
        best = np.where(taken[place], other, best)
    coalition = np.zeros(len(number), dtype=bool)
    left = int(best.argmax())
    for place in range(len(useful) - 1, -1, -1):
        if taken[place, left]:
            coalition[useful[place]] = True
            left -= int(number[useful[place]])
    return coalition


def _named(atoms: np.ndarray, columns: np.ndarray, shown: Shown) -> str:
    same = [label for label, column in zip(shown.labels, columns, strict=True) if (column == atoms).all()]
    return same[0] if same else f"a set of {int(atoms.sum())} classes that follows from shown cells"


def _likely(world: _World, shown: Shown, coalition: np.ndarray, atom_of: np.ndarray, policy: Policy) -> list[Breach]:
    """Return the classes of pairs outside for which one outcome is likelier than the policy allows."""
    known = coalition[world.employer_of]
    outside = ~known
    atoms = int(atom_of.max()) + 1
    size = np.bincount(atom_of[outside], minlength=atoms).astype(float)
    columns = np.zeros((len(shown.masks), atoms))
    columns[:, atom_of] = shown.masks
    # More employers than any few are one by what they hold of a cell, of each that a class of pairs is in.
    much = [(mask & known).sum() > policy.coalition_share * mask.sum() for mask in shown.masks]
    too_much = columns[much].any(axis=0) & (coalition.sum() > policy.coalition_employers)
    targets = {}
    for name in NAMES:
        mine = np.array([np.bincount(world.own[name][mask & known], minlength=4) for mask in shown.masks])
        targets[name] = shown.counts[name] - mine
    states = [STATES.index(pair) for pair in zip(*(_arm_states(world.table, arm) for arm in ARMS), strict=True)]
    rates = np.bincount(states, minlength=len(STATES)) + 0.5
    fitted = _raked(size, columns, targets, rates / rates.sum())
    found = []
    for name in NAMES:
        for kind in SENSITIVE:
            told = fitted[:, KIND_OF[name] == kind].sum(axis=1)
            for atom in np.flatnonzero((size > 0) & ~too_much & (told > policy.most_alike * size + 0.005 * size)):
                sure = _at_least(size, columns, targets, int(atom), name, kind)
                share = max(told[atom] / size[atom], sure / size[atom])
                how = "certain" if sure > policy.most_alike * size[atom] + 1e-6 else "likely"
                inside = [label for label, cell in zip(shown.labels, columns, strict=True) if cell[atom]]
                found.append(
                    Breach(how=how, what=f"{name} {KINDS[kind]} in {inside}", share=share, pairs=int(size[atom]))
                )
    return found


def _arm_states(table: pd.DataFrame, arm: str) -> list[int]:
    """Return what each application of an arm got, as a number in `ARM_STATES`."""
    got = table[f"{arm}_reaction"]
    return [
        int(strict) + int(broad) for strict, broad in zip(*(got.isin(OUTCOMES[name]) for name in NAMES), strict=True)
    ]


def _raked(size: np.ndarray, columns: np.ndarray, targets: dict[str, np.ndarray], rates: np.ndarray) -> np.ndarray:
    """Return the expected states of each class: of all tables that agree with the figures that nearest to `rates`."""
    fitted = size[:, None] * rates
    for _ in range(1000):
        before = fitted.copy()
        for name, target in targets.items():
            one_hot = np.eye(4)[KIND_OF[name]]
            for cell, wanted in zip(columns, target, strict=True):
                inside = cell > 0
                held = fitted[inside].sum(axis=0) @ one_hot
                factor = np.divide(wanted, held, out=np.zeros(4), where=held > 0)
                fitted[inside] *= factor[KIND_OF[name]]
        told = fitted.sum(axis=1)
        fitted *= np.divide(size, told, out=np.zeros(len(size)), where=told > 0)[:, None]
        if np.abs(fitted - before).max() < 1e-4:
            break
    return fitted


def _at_least(
    size: np.ndarray, columns: np.ndarray, targets: dict[str, np.ndarray], atom: int, name: str, kind: int
) -> float:
    """Return the least pairs of a class that must have an outcome, in every table that agrees with all figures."""
    used = np.flatnonzero((size > 0) & (columns.any(axis=0)))
    width = len(used) * len(STATES)
    rows, right = [], []
    for place, other in enumerate(used):
        line = np.zeros(width)
        line[place * len(STATES) : (place + 1) * len(STATES)] = 1
        rows.append(line)
        right.append(size[other])
    for outcome, target in targets.items():
        for cell, wanted in zip(columns, target, strict=True):
            for each in range(4):
                rows.append(np.concatenate([(KIND_OF[outcome] == each) * cell[other] for other in used]))
                right.append(wanted[each])
    goal = np.zeros(width)
    place = int(np.flatnonzero(used == atom)[0])
    goal[place * len(STATES) : (place + 1) * len(STATES)] = KIND_OF[name] == kind
    solved = linprog(goal, A_eq=np.array(rows), b_eq=right, bounds=(0, None), method="highs")
    return 0.0 if solved.fun is None else float(np.ceil(solved.fun - 1e-6))
