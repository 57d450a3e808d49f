"""Speed of the creativity metrics, beside the usual packages at the same values.

`extra_info` has how many times as long the other side takes, in the same process. With
`--benchmark-disable` everything is small, and only the values are compared.
"""

import re
from time import process_time

import nltk
import numpy as np
import pyarrow as pa
import pytest
import sacrebleu
from benchsuite_metrics import benchsuite_components
from benchsuite_metrics.excerpts import Excerpts, excerpts
from benchsuite_metrics.novelty import Novelty
from benchsuite_metrics.self_bleu import self_bleu
from benchsuite_metrics.vendi_score import ngram_kernel, vendi_score
from benchsuite_metrics.words import words_of

from benchsuite.api import Context, Device, HumanRows, Subject, Tokens
from benchsuite.lm.device import keep_freed_memory
from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import installed

CONTEXT = Context(0, Device("cpu", "fp32"))
LENGTH = 200
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
keep_freed_memory()  # as the processes do that measure in a run


def written(rows, seed, known=None):
    """Rows of 200 words whose frequencies fall like 1/rank; every fourth one is known."""
    random = np.random.default_rng(seed)
    letters = "bcdfghjklmnpqrst"
    words = np.array([a + b + c for a in letters for b in "aeiou" for c in letters * 16])
    words = np.array([w + str(i) for i, w in enumerate(words)])
    words = np.array([w.translate(str.maketrans("0123456789", "aeiouvwxyz")) for w in words])
    weights = 1 / np.arange(1, len(words) + 1)
    drawn = random.choice(len(words), size=(rows, LENGTH), p=weights / weights.sum())
    made = [" ".join(words[row]) for row in drawn]
    if known:
        made[::4] = known[: len(made[::4])]
    return made


def table(rows):
    return pa.table({"text": rows})


def compare(benchmark, ours, theirs, given=tuple):
    """Time both by turns, check that their values agree, and note the ratio of the medians.

    What `ours` is called with, `given` makes anew each time.
    """
    spent, expected = [], []

    def setup():
        started = process_time()
        expected.append(theirs())
        spent.append(process_time() - started)
        return given(), {}

    found = benchmark.pedantic(ours, setup=setup, rounds=1 if benchmark.disabled else 5)
    assert found == pytest.approx(expected[-1], rel=1e-9)
    if benchmark.stats:
        ratio = np.median(spent) / benchmark.stats.stats.median
        benchmark.extra_info["theirs, seconds"] = round(float(np.median(spent)), 2)
        benchmark.extra_info["theirs / ours"] = round(float(ratio), 1)


def test_self_bleu_beside_sacrebleu(benchmark):
    rows = written(12 if benchmark.disabled else 100, seed=1)
    chosen = Excerpts(rows=len(rows), length=LENGTH)

    def loop():
        scores = [
            sacrebleu.sentence_bleu(
                row,
                rows[:i] + rows[i + 1 :],
                smooth_method="floor",
                smooth_value=0.1,
                tokenize="none",
                use_effective_order=False,
            ).score
            for i, row in enumerate(rows)
        ]
        return np.mean(scores) / 100

    def ours():
        return self_bleu(excerpts(words_of(rows), chosen))[0].mean()

    compare(benchmark, ours, loop)


def accented(rows):
    """Every fifth row with an accent in each of its words that has an a."""
    return [row.replace("a", "\N{LATIN SMALL LETTER E WITH ACUTE}") for row in rows[::5]]


@pytest.mark.parametrize("begin", ["from text", "from text with accents", "from words"])
def test_novelty_beside_sets(benchmark, begin):
    """From four raw texts on both sides, or from words on both: a run cuts a table only once."""
    size = 50 if benchmark.disabled else 10_000
    training = written(size, seed=1)
    samples = written(size, seed=2, known=training)
    if begin == "from text with accents":
        training[::5], samples[::5] = accented(training), accented(samples)
    human = pa.table({"text": [*training, *samples], "split": ["train"] * size + ["test"] * size})
    metric = Novelty(Novelty.parameters_type())
    kept = Subject(HumanRows(human), samples=table(samples), training=table(training))
    metric.measure(kept, CONTEXT)
    cut = [[row.split() for row in rows] for rows in (training, samples)]

    def given():
        """The four texts as tables; none was seen before, unless words are where both begin."""
        if begin == "from words":
            return (kept,)
        fresh = HumanRows(human)
        assert fresh.train.num_rows == fresh.test.num_rows == size  # parted here, untimed
        return (Subject(fresh, samples=kept.samples.slice(0), training=kept.training.slice(0)),)

    def ours(subject):
        return [found.value for found in metric.measure(subject, CONTEXT)[1:]]

    def runs(rows):
        for row in rows:
            words = row if begin == "from words" else WORD.findall(row.lower())
            yield zip(words, words[1:], words[2:], words[3:], strict=False)

    def loop(training, samples):
        known = set()
        for row in runs(training):
            known.update(row)
        new = [run not in known for row in runs(samples) for run in row]
        return sum(new) / len(new)

    def theirs():
        """Training rows and samples, then the human rows that these are copies of."""
        sides = cut if begin == "from words" else [training, samples]
        return [loop(*sides) for _ in ("samples", "human")]

    compare(benchmark, ours, theirs, given)


@pytest.mark.filterwarnings("ignore:Please import `csr_matrix`:DeprecationWarning")
def test_vendi_beside_vendi_score(benchmark):
    """Its steps, since its own function of texts needs a scipy from before 1.14.

    Its tokenizer too: nltk's, but for the cutting into sentences, which needs a download.
    """
    package = pytest.importorskip("vendi_score.vendi", reason="vendi-score is not installed")
    text = pytest.importorskip("sklearn.feature_extraction.text")
    normalize = pytest.importorskip("sklearn.preprocessing").normalize
    rows = written(50 if benchmark.disabled else 1_000, seed=1)
    chosen = Excerpts(rows=len(rows), length=LENGTH)

    def package_score():
        kernels = []
        for n in range(1, 5):
            counts = text.CountVectorizer(
                ngram_range=(n, n),
                tokenizer=nltk.NLTKWordTokenizer().tokenize,
                token_pattern=None,
                lowercase=False,
            ).fit_transform(rows)
            unit = normalize(counts)
            kernels.append((unit @ unit.T).toarray())
        return package.score_K(np.mean(kernels, axis=0))

    compare(
        benchmark,
        lambda: vendi_score(ngram_kernel(excerpts(words_of(rows), chosen), 4)),
        package_score,
    )


def test_the_whole_axis(benchmark):
    """All metrics of creativity that need no model of the user's, on 10,000 rows of 200 words."""
    size = 100 if benchmark.disabled else 10_000
    rows = written(3 * size, seed=0)
    split = ["train"] * size + ["test"] * size
    human = HumanRows(pa.table({"text": rows[: 2 * size], "split": split}))
    chosen = {
        "rows": size,
        "length": LENGTH,
        "words": size * LENGTH,
        "tokens": size * LENGTH,
        "runs": size * (LENGTH - 1),
        "groups": size // 10,
    }
    metrics = [
        load(found)
        for found in installed().components()
        if found.component in benchsuite_components()
    ]
    metrics = [
        metric
        for metric in metrics
        if metric.axis == "creativity" and "model" not in metric.parameters_type.model_fields
    ]
    assert len(metrics) == 12

    def measure():
        fresh = HumanRows(human.rows)
        subject = Subject(fresh, Reader, table(rows[2 * size :]), fresh.train)
        for metric in metrics:
            known = metric.parameters_type.model_fields.keys() & chosen.keys()
            parameters = {name: chosen[name] for name in known}
            if metric.__name__ == "VendiScore":  # the limit that it sets itself
                parameters["rows"] = min(size, 1_000)
            made = metric(metric.parameters_type(**parameters))
            assert all(found.value is not None for found in made.measure(subject, CONTEXT))

    benchmark.pedantic(measure, rounds=1)


class Reader:
    """A model whose tokens are words."""

    def __init__(self):
        self.numbers = {}

    def tokens(self, rows):
        cut = [text.split() for text in rows["text"].to_pylist()]
        ids = [self.numbers.setdefault(word, len(self.numbers)) for row in cut for word in row]
        return Tokens(np.array(ids), np.array([len(row) for row in cut]))
