"""How likely each table of counts is, exactly: by the characteristic function of the sum over employers.

Employers answer independently of each other; the pairs of one employer are alike. An employer has chances of its own,
drawn from a Dirichlet distribution around those of the sector: a pair's outcome then has the sector's chances, and two
pairs of one employer correlate by ρ (Mosimann 1962, Biometrika 49:65-82, the Dirichlet-multinomial). What is published
is a function of counts alone, so that a chance for each table is all that a calculation of power needs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ComplexArray = npt.NDArray[np.complex128]
# How many employers have that many pairs.
Sizes = Mapping[int, int]

TwoByTwo = tuple[tuple[float, float], tuple[float, float]]

# Counts further from their mean than this many standard deviations have chances below 1e-14.
TAIL = 8.0


@dataclass(frozen=True, slots=True)
class Chances:
    """Chances of two counts: of pairs, in which one arm alone was positive; of applications, positive by arm.

    `probability` has shape (control counts, treated counts).
    """

    control: IntArray
    treated: IntArray
    probability: FloatArray

    def sample(self, number: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Return so many tables drawn by their chances."""
        flat = self.probability.ravel()
        places = rng.choice(len(flat), number, p=flat / flat.sum())
        control, treated = np.unravel_index(places, self.probability.shape)
        return self.control[control], self.treated[treated]


def pair_chances(
    control_only: float, treated_only: float, sizes: Sizes, correlation: float, noise: TwoByTwo | None = None
) -> Chances:
    """Return the chances of the numbers of pairs in which the control alone, the treated alone was positive.

    Parameters
    ----------
    control_only, treated_only : float
        Chances of one pair.
    sizes : mapping of pairs to employers
    correlation : float
        ρ between the outcomes of two pairs of one employer.
    noise : 2 × 2 covariance, optional
        Of the noise on the two published counts; None where they leave exact.
    """
    rates = (control_only, treated_only)
    control, treated = (_axis(rate, sizes, correlation, _variance(noise, place)) for place, rate in enumerate(rates))
    shape = (len(control), len(treated))
    turn = np.exp(-2j * np.pi * np.arange(shape[0]) / shape[0])[:, None]
    other = np.exp(-2j * np.pi * np.arange(shape[1] // 2 + 1) / shape[1])[None, :]
    function = _sum_of_employers(
        [(1 - sum(rates), 1.0), (control_only, turn), (treated_only, other)], sizes, correlation
    )
    if noise is not None:
        function = function * _noise(noise, control, treated)[:, : shape[1] // 2 + 1]
    return _placed(control, treated, fft.irfft2(function, s=shape))


def arm_chances(
    control_rate: float,
    treated_rate: float,
    control_sizes: Sizes,
    treated_sizes: Sizes,
    correlation: float,
    noise: TwoByTwo | None = None,
) -> Chances:
    """Return the chances of the positives of two arms; employers have one arm, or answer each arm by itself."""
    made = []
    for place, (rate, sizes) in enumerate(((control_rate, control_sizes), (treated_rate, treated_sizes))):
        axis = _axis(rate, sizes, correlation, _variance(noise, place))
        turn = np.exp(-2j * np.pi * np.arange(len(axis)) / len(axis))
        made.append((axis, _sum_of_employers([(1 - rate, 1.0), (rate, turn)], sizes, correlation)))
    (control, first), (treated, second) = made
    function = np.outer(first, second)
    if noise is not None:
        function = function * _noise(noise, control, treated)
    return _placed(control, treated, fft.ifft2(function).real)


def pairs_in(sizes: Sizes) -> int:
    """Return the pairs of employers of these sizes."""
    return sum(size * employers for size, employers in sizes.items())


def capped_sizes(pairs: int, cap: int) -> dict[int, int]:
    """Return the fewest employers that so many pairs can come from: each at the cap, one with what is left."""
    sizes = {cap: pairs // cap} if pairs >= cap else {}
    left = pairs % cap
    return sizes | ({left: sizes.get(left, 0) + 1} if left else {})


def sizes_of(pairs_per_employer: Sequence[int] | IntArray) -> dict[int, int]:
    """Return sizes from the number of pairs of each employer."""
    size, employers = np.unique(np.asarray(pairs_per_employer, dtype=np.int64), return_counts=True)
    return dict(zip(size.tolist(), employers.tolist(), strict=True))


def scaled_sizes(sizes: Sizes, pairs: int) -> dict[int, int]:
    """Return sizes in the same proportions for another number of pairs; what rounding leaves has one pair each."""
    share = pairs / max(pairs_in(sizes), 1)
    scaled = {size: math.floor(employers * share) for size, employers in sizes.items()}
    left = pairs - pairs_in(scaled)
    scaled[1] = scaled.get(1, 0) + left
    return {size: employers for size, employers in scaled.items() if employers}


def _sum_of_employers(
    categories: Sequence[tuple[float, ComplexArray | float]], sizes: Sizes, correlation: float
) -> ComplexArray:
    """Return the characteristic function of the counts over all employers; categories are (chance, turn)."""
    largest = max(sizes, default=0)
    function: ComplexArray | float = 1.0
    for size, one in enumerate(_employer(categories, largest, correlation), start=1):
        if sizes.get(size):
            function = function * one ** sizes[size]
    return np.asarray(function, dtype=np.complex128)


def _employer(
    categories: Sequence[tuple[float, ComplexArray | float]], largest: int, correlation: float
) -> list[ComplexArray]:
    """Return the characteristic function of the counts of one employer with 1 … `largest` pairs.

    With α_j = p_j (1 − ρ)/ρ and h_k the coefficients of Π (1 − u z_j)^−α_j it is h_k / C(A + k − 1, k), A = Σ α_j;
    k h_k = Σ_i (Σ_j α_j z_j^i) h_{k−i}.
    """
    one = sum(chance * turn for chance, turn in categories)
    if correlation <= 0:
        return [np.asarray(one**size) for size in range(1, largest + 1)]
    if correlation >= 1:
        return [np.asarray(sum(chance * turn**size for chance, turn in categories)) for size in range(1, largest + 1)]
    total = (1 - correlation) / correlation
    powers = [sum(chance * total * turn**size for chance, turn in categories) for size in range(1, largest + 1)]
    coefficients: list[ComplexArray | float] = [1.0]
    made, scale = [], 1.0
    for size in range(1, largest + 1):
        coefficients.append(sum(powers[i - 1] * coefficients[size - i] for i in range(1, size + 1)) / size)
        scale *= (total + size - 1) / size
        made.append(np.asarray(coefficients[size] / scale))
    return made


def _variance(noise: TwoByTwo | None, place: int) -> float:
    return 0.0 if noise is None else noise[place][place]


def _axis(rate: float, sizes: Sizes, correlation: float, noise: float) -> IntArray:
    """Return the counts that can occur, in a number that transforms quickly; the rest wraps round and is negligible."""
    pairs = pairs_in(sizes)
    alike = sum(employers * size * (1 + (size - 1) * correlation) for size, employers in sizes.items())
    spread = math.sqrt(alike * rate * (1 - rate) + noise)
    # A binomial's tail is longer than a normal one where few are expected.
    reach = TAIL * spread + 12 * max(sizes, default=1)
    least, most = math.floor(pairs * rate - reach), math.ceil(pairs * rate + reach)
    if not noise:
        least, most = max(least, 0), min(most, pairs)
    return least + np.arange(fft.next_fast_len(most - least + 1, real=True))


def _noise(covariance: TwoByTwo, control: IntArray, treated: IntArray) -> FloatArray:
    """Return the characteristic function of noise of a normal form on whole numbers."""
    first, second = (2 * np.pi * fft.fftfreq(len(axis)) for axis in (control, treated))
    (one, both), (_, other) = covariance
    square = one * first[:, None] ** 2 + 2 * both * np.outer(first, second) + other * second[None, :] ** 2
    return np.asarray(np.exp(-square / 2))


def _placed(control: IntArray, treated: IntArray, wrapped: FloatArray) -> Chances:
    """Return the chances in the order of the counts; what noise would make negative is 0."""
    probability = wrapped[np.ix_(control % len(control), treated % len(treated))].clip(min=0.0)
    probability /= probability.sum()
    for axis, counts in ((0, control), (1, treated)):
        below = int(np.searchsorted(counts, 0))
        if below:
            parts = np.split(probability, [below + 1], axis=axis)
            probability = np.concatenate([parts[0].sum(axis=axis, keepdims=True), parts[1]], axis=axis)
    return Chances(control[control >= 0], treated[treated >= 0], probability)
