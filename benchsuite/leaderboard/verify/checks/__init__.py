"""The checks, in the order in which they are made."""

from benchsuite.leaderboard.verify.checks.aggregates import aggregates
from benchsuite.leaderboard.verify.checks.anchors import anchors
from benchsuite.leaderboard.verify.checks.complete import complete
from benchsuite.leaderboard.verify.checks.components import components
from benchsuite.leaderboard.verify.checks.contamination import contamination
from benchsuite.leaderboard.verify.checks.copies import copies
from benchsuite.leaderboard.verify.checks.costs import costs
from benchsuite.leaderboard.verify.checks.environment import environment
from benchsuite.leaderboard.verify.checks.files import files
from benchsuite.leaderboard.verify.checks.measurements import measurements
from benchsuite.leaderboard.verify.checks.metrics import metrics
from benchsuite.leaderboard.verify.checks.plausible import plausible
from benchsuite.leaderboard.verify.checks.plugin import plugin
from benchsuite.leaderboard.verify.checks.regimes import regimes
from benchsuite.leaderboard.verify.checks.samples import samples
from benchsuite.leaderboard.verify.checks.spread import spread
from benchsuite.leaderboard.verify.checks.suite import suite
from benchsuite.leaderboard.verify.checks.words import words

CHECKS = (
    files,
    plugin,
    words,
    samples,
    suite,
    regimes,
    components,
    environment,
    metrics,
    complete,
    measurements,
    contamination,
    aggregates,
    costs,
    anchors,
    plausible,
    spread,
    copies,
)
