"""Documents that are right, for tests to spoil."""

from benchsuite.plugins.registry import installed
from benchsuite.suites.resolve import Changes, ResolvedSuite, resolve

REGIME = """\
regime: mine
version: 1
summary: A regime for tests.
generator: generators/self
graders:
  - grader: graders/self-likelihood
    keep: {best: 0.5}
mixture:
  - {source: human-fixed, share: 0.25}
  - {source: synthetic-last, share: 0.75}
"""

SUITE = """\
suite: small
version: 1
summary: A suite for tests.
corpus: {name: files, path: text.txt}
learner:
  name: llama
  width: 16
budget: {tokens: 4096}
generations: 2
seeds: 2
control: real
regimes: [real, replace]
samples: {budget: {tokens: 2048}, generator: self}
metrics:
  - bits-per-byte
  - {name: distinct, runs: 200}
headline:
  generalization: {metric: metrics/bits-per-byte, slice: in-domain}
"""


def resolved(folder, suite=SUITE, regime=REGIME, **changes) -> ResolvedSuite:
    """Resolve a suite that stands in a folder, with `mine.yaml` beside it."""
    (folder / "mine.yaml").write_text(regime)
    (folder / "small.yaml").write_text(suite)
    return resolve(str(folder / "small.yaml"), installed(), Changes(**changes))
