"""The methods that both designs have for rows that are not independent, or not of equal weight."""

from __future__ import annotations

from collections.abc import Mapping

from corrtest.analysis.statistics import Label
from corrtest.analysis.statistics.wild_bootstrap import METHOD as WILD_METHOD

CLUSTER_METHOD = "cluster_robust"
WEIGHTED_METHOD = "weighted_linearised"
LABELS: Mapping[str, Label] = {
    CLUSTER_METHOD: {
        "en": "robust, by employer",
        "nl": "robuust per werkgever",
        "fr": "robuste, par employeur",
        "de": "robust, je Arbeitgeber",
    },
    WILD_METHOD: {
        "en": "wild cluster bootstrap",
        "nl": "wilde clusterbootstrap",
        "fr": "bootstrap sauvage par grappes",
        "de": "wilder Cluster-Bootstrap",
    },
    WEIGHTED_METHOD: {
        "en": "weighted, linearised",
        "nl": "gewogen, gelineariseerd",
        "fr": "pondéré, linéarisé",
        "de": "gewichtet, linearisiert",
    },
}
