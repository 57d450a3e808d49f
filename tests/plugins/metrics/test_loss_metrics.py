from dataclasses import replace
from math import log

import numpy as np
import pyarrow as pa
import pytest
from benchsuite_metrics.bits_per_byte import BitsPerByte
from benchsuite_metrics.domain_loss import DomainLoss
from benchsuite_metrics.frequency import halves
from benchsuite_metrics.frequency_loss import FrequencyLoss
from benchsuite_metrics.intervals import Estimate
from benchsuite_metrics.provenance_loss import ProvenanceLoss
from benchsuite_metrics.rare_token_loss import RareTokenLoss
from scipy import stats

from benchsuite.api import HumanRows, Subject, Tokens


def test_a_uniform_model_needs_the_logarithm_of_its_vocabulary(measure, human, byte_model):
    rows = ["four", "é is two bytes", ""]
    found = measure(BitsPerByte, Subject(human(test=rows), lambda: byte_model(log(256))))
    size = sum(len(row.encode()) for row in rows)
    assert found.keys() == {"in-domain"}
    assert found["in-domain"].value == pytest.approx(8 * (size + len(rows)) / size, rel=1e-6)
    assert found["in-domain"].n == 3


def test_both_domains_are_measured(measure, human, byte_model):
    loss = np.where(np.arange(256) == ord("b"), 2 * log(2), log(2))
    rows = human(test=["aaa", "aa"], out_of_domain=["bbb"])
    found = measure(BitsPerByte, Subject(rows, lambda: byte_model(loss)))
    assert found["in-domain"].value == pytest.approx(7 / 5)
    assert found["out-of-domain"].value == pytest.approx(7 / 3)
    assert found["out-of-domain"].lower is None


def test_the_tables_scored_are_the_human_ones(measure, human, byte_model):
    """Models remember scores by the table they were asked for."""
    asked = []

    class Noting(byte_model):
        def score(self, rows, context):
            asked.append(rows)
            return super().score(rows, context)

    rows = human(["ab"], [], ["a"], ["b"])
    measure(BitsPerByte, Subject(rows, lambda: Noting(1)))
    measure(RareTokenLoss, Subject(rows, lambda: Noting(1)))
    assert [id(table) for table in asked] == [id(rows.test), id(rows.out_of_domain), id(rows.test)]


def test_bits_per_byte_interval_agrees_with_bootstrap(measure, human, prose, byte_model):
    random = np.random.default_rng(0)
    texts = [text[: random.integers(10, 100)] for text in prose(0, rows=200)]
    model = byte_model(random.gamma(2, 1, 256))
    found = measure(BitsPerByte, Subject(human(test=texts), lambda: model))["in-domain"]
    bits = np.array([model.loss[[*text.encode(), 0]].sum() / log(2) for text in texts])
    size = np.array([len(text) for text in texts])
    picks = random.integers(0, 200, (4000, 200))
    low, high = np.quantile(bits[picks].sum(1) / size[picks].sum(1), [0.025, 0.975])
    assert (found.lower, found.upper) == pytest.approx((low, high), abs=0.1 * (high - low))


@pytest.mark.parametrize("loss", [np.inf, np.nan])
def test_a_broken_model_has_no_value(measure, human, byte_model, loss):
    rows = human(["ab"], [], ["ab", "a"])
    for metric in (BitsPerByte, RareTokenLoss):
        found = measure(metric, Subject(rows, lambda: byte_model(loss)))
        assert {(m.value, m.lower, m.upper) for m in found.values()} == {(None, None, None)}


def test_no_test_rows_no_value(measure, human, byte_model):
    subject = Subject(human(["ab"]), lambda: byte_model(1))
    assert measure(BitsPerByte, subject)["in-domain"] == Estimate(None, 0).named("in-domain")
    found = measure(RareTokenLoss, subject)
    assert {(m.value, m.n) for m in found.values()} == {(None, 0)}


def test_rare_half_by_hand(measure, human, byte_model):
    """Ranked: a (3), b (2), c (2, of higher id), d (1), e (1), of which c, d and e are rare.

    The tokens that end rows, and x, which training text lacks, are in neither half.
    """
    loss = np.full(256, np.nan)
    loss[[0, *b"abcdex"]] = 1000, 1, 2, 4, 8, 16, 100
    rows = human(["caaab", "bcde"], [], ["abx", "adc", "", "c"])
    found = measure(RareTokenLoss, Subject(rows, lambda: byte_model(loss)))
    assert found["rare half"].value == pytest.approx((8 + 4 + 4) / 3)
    assert found["frequent half"].value == pytest.approx((1 + 2 + 1) / 3)
    assert (found["rare half"].n, found["frequent half"].n) == (3, 3)


def test_the_token_that_ends_a_row_may_be_any_id(measure, human, byte_model):
    class LastId(byte_model):
        def score(self, rows, context):
            scored = super().score(rows, context)
            return replace(scored, tokens=[np.where(row == 0, 300, row) for row in scored.tokens])

    rows = human(["aab"], [], ["ab", "b"])
    usual, last = (
        measure(RareTokenLoss, Subject(rows, lambda made=made: made(np.arange(256))))
        for made in (byte_model, LastId)
    )
    assert usual == last


def test_halves_are_those_of_the_model_at_hand(measure, human, byte_model):
    """Models of other tokenizers may be measured on the same rows in one process."""

    class Folded(byte_model):
        def tokens(self, rows):
            ids, lengths = super().tokens(rows)
            return Tokens(np.where(ids == ord("c"), ord("b"), ids), lengths)

    rows = human(["aaabbcc"], [], ["ab"])
    for made, rare in ((byte_model, {*b"bc"}), (Folded, {ord("a")}), (byte_model, {*b"bc"})):
        assert {*halves(made(1), rows).rare.tolist()} == rare


def test_rare_interval_is_clustered_by_row(measure, human, byte_model):
    """Rows of one sort of rare token: ten alike in a row say as much as one."""
    loss = np.zeros(256)
    loss[[ord("c"), ord("d")]] = 1, 3
    train = ["abcd", "ab", "ab"]
    tests = [["c" * size] * 30 + ["d" * size] * 30 for size in (1, 10)]
    one, ten = (
        measure(RareTokenLoss, Subject(human(train, [], rows), lambda: byte_model(loss)))[
            "rare half"
        ]
        for rows in tests
    )
    assert one.value == ten.value == pytest.approx(2)
    assert (one.lower, one.upper) == pytest.approx((ten.lower, ten.upper))
    assert one.upper - one.lower == pytest.approx(2 * stats.t.ppf(0.975, 59) / 59**0.5)


def test_text_without_rare_tokens_has_no_rare_loss(measure, human, byte_model):
    found = measure(RareTokenLoss, Subject(human(["aab"], [], ["a"]), lambda: byte_model(1)))
    assert found["frequent half"].value == pytest.approx(1)
    found = measure(RareTokenLoss, Subject(human(["ab", "ac"], [], ["a"]), lambda: byte_model(1)))
    assert (found["rare half"].value, found["rare half"].n) == (None, 0)


def test_loss_by_domain(measure, byte_model):
    loss = np.where(np.arange(256) == ord("b"), 2 * log(2), log(2))
    rows = [
        ("aaa", "plays", "test"),
        ("aa", None, "test"),
        ("bbb", "plays", "out-of-domain"),
        ("b", "letters", "out-of-domain"),
        ("bb", "diaries", "train"),
    ]
    columns = zip(*rows, strict=True)
    human = HumanRows(pa.table(dict(zip(("text", "domain", "split"), columns, strict=True))))
    subject = Subject(human, lambda: byte_model(loss))
    found = measure(DomainLoss, subject)
    assert {name: (m.value, m.n) for name, m in found.items()} == {
        "plays": (pytest.approx((4 + 7) / 6), 2),
        "letters": (pytest.approx(3), 1),
        "unnamed": (pytest.approx(3 / 2), 1),
    }
    assert list(measure(DomainLoss, subject, domains=1)) == ["plays"]


def test_loss_by_frequency(measure, human, byte_model):
    """Of a million bytes of training text, `a` is most, `b` 30, `c` one; `x` none."""
    train = ["a" * 999_969 + "b" * 30 + "c"]
    loss = np.full(256, np.nan)
    loss[[0, *b"abcx"]] = 1000, 1, 2, 4, 8
    rows = human(train, [], ["abx", "c", "aa"])
    found = measure(FrequencyLoss, Subject(rows, lambda: byte_model(loss)))
    assert {name: (m.value, m.n) for name, m in found.items()} == {
        "unseen": (8, 1),
        "below 10": (4, 1),
        "10 to 100": (2, 1),
        "100 to 1,000": (None, 0),
        "1,000 to 10,000": (None, 0),
        "from 10,000": (1, 3),
    }


def test_human_and_synthetic_loss_apart(measure, human, byte_model, table):
    loss = np.where(np.arange(256) == ord("b"), 2 * log(2), log(2))
    rows = human(["ab"], ["aa"], ["b"])
    subject = Subject(rows, lambda: byte_model(loss), earlier=table(["b", "bbb"]))
    found = measure(ProvenanceLoss, subject)
    assert (found["human"].value, found["human"].n) == (pytest.approx(3 / 2), 1)
    assert (found["synthetic"].value, found["synthetic"].n) == (pytest.approx((3 + 7) / 4), 2)
    first = measure(ProvenanceLoss, Subject(rows, lambda: byte_model(loss)))
    assert (first["synthetic"].value, first["synthetic"].n) == (None, 0)
