"""Do the intervals cover and do the tests hold their level? Measured on synthetic markets with known truth.

=============  ====================================================================================
cell           a market and a size of experiment, and draws from it
rows           one measured interval or test
measure        coverage, width, size and power of everything in one cell
exact          the same for independent pairs, enumerated
equivalence    one-sided, non-inferiority and equivalence tests, enumerated
resampling     cluster bootstrap
few_employers  wild cluster bootstrap
weighting      weighted estimates
looks          group-sequential boundaries and the e-process
strata         pooled ratios, prediction intervals, shrinkage
unpaired       one application per vacancy
drawn_order    randomisation test
variances      plain and heteroskedastic probit where variances differ
parts          what is measured on which cells
=============  ====================================================================================
"""

from measures.cell import Cell
from measures.measure import measure
from measures.parts import PARTS, Part, standard_grid

__all__ = ["PARTS", "Cell", "Part", "measure", "standard_grid"]
