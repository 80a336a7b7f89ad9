"""Regressions of reactions, each with errors clustered at the highest level at which reactions hang together.

====================  ================================================================
linear_probability    least squares: CR0, CR1, CR2; vacancy fixed effects; joint tests
conditional_logit     within vacancies, exact
probit                plain, and heteroskedastic (Neumark)
bivariate_probit      both reactions of a pair at once
heterogeneity         the difference between the arms by order, template, occupation, …
====================  ================================================================
"""

from corrtest.analysis.models.bivariate_probit import bivariate_probit
from corrtest.analysis.models.conditional_logit import conditional_logit
from corrtest.analysis.models.fitted import FittedModel, indicators, interactions, with_intercept
from corrtest.analysis.models.heterogeneity import FactorResult, difference_by
from corrtest.analysis.models.linear_probability import (
    JointTest,
    joint_test,
    linear_probability,
    linear_probability_within,
)
from corrtest.analysis.models.probit import (
    NeumarkResult,
    average_effect,
    heteroskedastic_probit,
    neumark,
    probit,
)

__all__ = [
    "FactorResult",
    "FittedModel",
    "JointTest",
    "NeumarkResult",
    "average_effect",
    "bivariate_probit",
    "conditional_logit",
    "difference_by",
    "heteroskedastic_probit",
    "indicators",
    "interactions",
    "joint_test",
    "linear_probability",
    "linear_probability_within",
    "neumark",
    "probit",
    "with_intercept",
]
