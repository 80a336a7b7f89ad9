"""Unmatched designs: one application per vacancy, so that the arms are independent groups.

=============  ==============================================================
intervals      rates, difference, ratio and test of two arms, vectorised
single         one table by its four numbers
counting       applications per group and arm, in all and per employer
estimating     groups of an applications table → results
=============  ==============================================================

Such a design needs about 1/(1 − φ) times the applications of a paired one, φ the within-pair correlation, and in
return employers never see two of its candidates.
"""

from corrtest.analysis.unmatched.single import UnmatchedResult, unmatched

__all__ = ["UnmatchedResult", "unmatched"]
