"""Do the intervals cover and do the tests hold their level? Measured on a synthetic market with known truth.

==========  =====================================================
cell        a market and a size of experiment, and draws from it
measure     coverage, width, size and power in one cell
running     a grid of cells on cores or on a Dask cluster
==========  =====================================================
"""

from corrtest.lab.calibration.cell import Cell
from corrtest.lab.calibration.measure import measure
from corrtest.lab.calibration.running import calibrate, standard_grid

__all__ = ["Cell", "calibrate", "measure", "standard_grid"]
