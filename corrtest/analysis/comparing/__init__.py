"""Compare measurements: follow-up against baseline, sector against sector, a sector against published experiments.

===============  ================================================================================
comparison       one comparison: quotient of ratios, difference of differences, test, sentence
between_results  results files, group by group, as independent measurements
between_tables   two waves with the employers seen in both kept together
between_channels one study's channels against each other
published        a sector against the published Belgian experiments
earlier          published results of earlier measurements, with how they were measured
bridge           an earlier result beside a new one: refused, or labelled
===============  ================================================================================

The ratio of two discrimination ratios says whether the disadvantage shrank: above 1, the treated arm stands better
in the second.
"""

from corrtest.analysis.comparing.between_channels import NOT_DRAWN, ChannelTest, channel_tests, compare_channels
from corrtest.analysis.comparing.between_results import compare_results
from corrtest.analysis.comparing.between_tables import compare_tables, compare_waves
from corrtest.analysis.comparing.bridge import Bridge, Difference, bridge_results
from corrtest.analysis.comparing.comparison import Comparison, Comparisons
from corrtest.analysis.comparing.earlier import EARLIER_COLUMNS, EarlierResult, read_earlier
from corrtest.analysis.comparing.published import compare_with_published, published_log_ratio

__all__ = [
    "EARLIER_COLUMNS",
    "NOT_DRAWN",
    "Bridge",
    "ChannelTest",
    "Comparison",
    "Comparisons",
    "Difference",
    "EarlierResult",
    "bridge_results",
    "channel_tests",
    "compare_channels",
    "compare_results",
    "compare_tables",
    "compare_waves",
    "compare_with_published",
    "published_log_ratio",
    "read_earlier",
]
