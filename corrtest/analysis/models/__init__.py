"""Regressions of reactions, each with errors clustered at the highest level at which reactions hang together.

====================  ================================================================
linear_probability    least squares: CR0, CR1, CR2, wild bootstrap; vacancy fixed effects; joint tests
conditional_logit     within vacancies, exact
probit                plain, and heteroskedastic (Neumark)
bivariate_probit      both reactions of a pair at once
average_effects       what each says the signal does to the chance of a positive reaction
application_rows      one row an application, of any kind of table
side_by_side          every model of one group
adjusted              the ratio with order and template held equal
heterogeneity         the difference between the arms by order, template, occupation, …
====================  ================================================================
"""

from corrtest.analysis.models.application_rows import ApplicationRows, application_rows, long_rows
from corrtest.analysis.models.average_effects import AverageEffect, average_effect
from corrtest.analysis.models.bivariate_probit import bivariate_probit
from corrtest.analysis.models.conditional_logit import conditional_logit
from corrtest.analysis.models.fitted import FittedModel, indicators, interactions, with_intercept
from corrtest.analysis.models.heterogeneity import FactorResult, difference_by, heterogeneity
from corrtest.analysis.models.linear_probability import (
    JointTest,
    joint_test,
    linear_probability,
    linear_probability_within,
    wild_bootstrap,
)
from corrtest.analysis.models.probit import (
    NeumarkResult,
    heteroskedastic_probit,
    neumark,
    probit,
)
from corrtest.analysis.models.side_by_side import ModelComparison, fit_models

__all__ = [
    "ApplicationRows",
    "AverageEffect",
    "FactorResult",
    "FittedModel",
    "JointTest",
    "ModelComparison",
    "NeumarkResult",
    "application_rows",
    "average_effect",
    "bivariate_probit",
    "conditional_logit",
    "difference_by",
    "fit_models",
    "heterogeneity",
    "heteroskedastic_probit",
    "indicators",
    "interactions",
    "joint_test",
    "linear_probability",
    "linear_probability_within",
    "long_rows",
    "neumark",
    "probit",
    "wild_bootstrap",
    "with_intercept",
]
