"""The methods that both designs have for rows that are not independent, or not of equal weight."""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.analysis.statistics import Label

CLUSTER_METHOD = "cluster_robust"
WEIGHTED_METHOD = "weighted_linearised"
LABELS: Mapping[str, Label] = {
    CLUSTER_METHOD: {
        "en": "robust, by employer",
        "nl": "robuust per werkgever",
        "fr": "robuste, par employeur",
        "de": "robust, je Arbeitgeber",
    },
    WEIGHTED_METHOD: {
        "en": "weighted, linearised",
        "nl": "gewogen, gelineariseerd",
        "fr": "pondéré, linéarisé",
        "de": "gewichtet, linearisiert",
    },
}
