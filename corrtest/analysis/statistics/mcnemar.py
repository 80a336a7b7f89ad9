"""McNemar's test in four forms: does one arm win more of the pairs in which the arms differ?

All four look at the discordant pairs alone: given their number m, the treated-only pairs are binomial (m, 1/2)
under equal treatment. The default is mid-p: Fagerland, Lydersen and Laake (2013, BMC Medical Research Methodology
13:91) found that it kept its level in all but a negligible part of the situations they tried, where the exact and
the corrected form are needlessly conservative and the asymptotic form sometimes exceeds it. Sizes, enumerated,
where 10 or more discordant pairs are expected: mid-p 0.043 to 0.050, exact 0.024 to 0.043, corrected 0.023 to 0.043,
asymptotic 0.043 to 0.053 (analysis/calibration/exact).

Without a discordant pair the data cannot speak against equal treatment: the conditional forms give p = 1 (the R
package contingencytables gives 0.5 for mid-p there, counting the only possible outcome half), the others are 0/0
and undefined.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, erfc

from corrtest.analysis.statistics.binomial import at_most
from corrtest.analysis.tables import FloatArray, PairedTables, Tests, divide


def mcnemar_asymptotic(tables: PairedTables) -> Tests:
    """Test by (b − c)² / (b + c) against chi-squared with one degree of freedom (McNemar 1947)."""
    statistic = divide((tables.treated_only - tables.control_only) ** 2, tables.discordant)
    return Tests(statistic, _chi_squared_tail(statistic))


def mcnemar_corrected(tables: PairedTables) -> Tests:
    """Test by (|b − c| − 1)² / (b + c), with Edwards' correction for continuity (1948).

    The formula is taken literally, as R's contingencytables and statsmodels do: with b = c it gives 1 / (b + c),
    where R's own mcnemar.test leaves the correction out and says p = 1.
    """
    excess = np.abs(tables.treated_only - tables.control_only) - 1
    statistic = np.where(tables.discordant > 0, divide(excess**2, tables.discordant), np.nan)
    return Tests(statistic, _chi_squared_tail(statistic))


def mcnemar_exact(tables: PairedTables) -> Tests:
    """Test by the binomial (b + c, 1/2) tail, doubled; the statistic is the smaller of b and c."""
    smaller = np.minimum(tables.control_only, tables.treated_only)
    return Tests(smaller, np.minimum(2 * at_most(smaller, tables.discordant, 0.5), 1.0))


def mcnemar_midp(tables: PairedTables) -> Tests:
    """Test by the mid-p form of the exact test: the observed outcome counts half.

    Source: Fagerland, Lydersen and Laake 2013, equation 4.
    """
    smaller = np.minimum(tables.control_only, tables.treated_only)
    tied = tables.control_only == tables.treated_only
    half = (at_most(smaller, tables.discordant, 0.5) + at_most(smaller - 1, tables.discordant, 0.5)) / 2
    return Tests(smaller, np.where(tied, _tied_midp(smaller, tables.discordant), np.minimum(2 * half, 1.0)))


def mcnemar_midp_at(tables: PairedTables, effect: FloatArray) -> Tests:
    """Test by mid-p at the counts divided by a design effect, one a table; the plain test where that is 1.

    The binomial tail is continued to parts of a pair by the incomplete beta function, as Korn and Graubard (1998,
    Survey Methodology 24:193) do for the exact limits of a proportion at its effective number.
    """
    plain = mcnemar_midp(tables)
    smaller = np.minimum(tables.control_only, tables.treated_only) / effect
    discordant = tables.discordant / effect
    some = discordant > 0
    larger = np.where(some, discordant - smaller, 1.0)
    tail = betainc(larger, smaller + 1, 0.5)
    before = np.where(smaller > 0, betainc(larger + 1, np.where(smaller > 0, smaller, 1.0), 0.5), 0.0)
    scaled = np.where(some, np.minimum(tail + before, 1.0), 1.0)
    return Tests(plain.statistic, np.where(effect == 1, plain.pvalue, scaled))


def _tied_midp(smaller: FloatArray, trials: FloatArray) -> FloatArray:
    # Both tails of a tie share the observed outcome: 2·P(X ≤ b) − P(X = b) is 1 exactly; Fagerland's definition
    # then subtracts half the point probability, except where the only outcome is the observed one.
    point = at_most(smaller, trials, 0.5) - at_most(smaller - 1, trials, 0.5)
    return np.where(trials == 0, 1.0, 1.0 - point / 2)


def _chi_squared_tail(statistic: FloatArray) -> FloatArray:
    return np.asarray(erfc(np.sqrt(statistic / 2)), dtype=np.float64)
