"""Do the intervals cover and do the tests hold their level? Measured on synthetic markets with known truth.

============  ====================================================================================
cell          a market and a size of experiment, and draws from it
rows          one measured interval or test
measure       coverage, width, size and power of everything in one cell
exact         the same for independent pairs, enumerated
equivalence   one-sided, non-inferiority and equivalence tests, enumerated
resampling    cluster bootstrap
weighting     weighted estimates
looks         group-sequential boundaries and the e-process
strata        pooled ratios, prediction intervals, shrinkage
unpaired      one application per vacancy
drawn_order   randomisation test
variances     plain and heteroskedastic probit where variances differ
parts         what is measured on which cells
running       cells on cores or on a Dask cluster
============  ====================================================================================
"""

from corrtest.lab.calibration.cell import Cell
from corrtest.lab.calibration.measure import measure
from corrtest.lab.calibration.parts import PARTS, Part, standard_grid
from corrtest.lab.calibration.running import calibrate

__all__ = ["PARTS", "Cell", "Part", "calibrate", "measure", "standard_grid"]
