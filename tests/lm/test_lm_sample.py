"""Sampling: the right distribution, and a row's text is its own."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare
from small_models import CPU, in_transformers, make, small
from transformers import (
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from benchsuite.lm import choose as lm_choose
from benchsuite.lm import sample as lm_sample
from benchsuite.lm.choose import _candidates, choose, cumulated_in_blocks
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.device import Device
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.sample import sample, sample_all

END = 0
either = pytest.mark.usefixtures("kernels")
MODEL = make(small(), scale=4.0)
PLAIN = Decoding()
GREEDY = Decoding(temperature=0)
UNLIKELY = 1e-4
"""The seeds are fixed: a p-value below this is a wrong distribution, not bad luck."""


def openings(rows):
    return [np.array([END])] * rows


def mixed_prompts(rows, longest=9, seed=0):
    """Prompts of many lengths, in no order."""
    random = np.random.default_rng(seed)
    lengths = random.integers(0, longest, rows)
    return [np.array([END, *random.integers(1, 23, n)]) for n in lengths]


def write(prompts, decoding=PLAIN, seed=0, model=MODEL, **others):
    return sample(model, prompts, END, decoding, seed, CPU, **others)


def equal(one, other):
    return len(one) == len(other) and all(map(np.array_equal, one, other))


def numbers(rows, attempts=4, seed=0):
    """Uniform numbers `[rows, attempts]`."""
    return torch.from_numpy(np.random.default_rng(seed).random((rows, attempts), np.float32))


# -- one token ------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_are_drawn_as_often_as_softmax_says(temperature):
    scores = torch.tensor([1.5, 0.0, -1.0, 2.5, 0.9, 0.3])
    draws = 20_000
    found = choose(
        scores.expand(draws, -1), numbers(draws), Decoding(temperature=temperature)
    ).bincount(minlength=6)
    expected = np.exp(scores.double().numpy() / temperature)
    assert chisquare(found.numpy(), draws * expected / expected.sum()).pvalue > UNLIKELY


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding(temperature=0.7, top_k=3),
        Decoding(temperature=1.3, top_p=0.8),
        Decoding(temperature=0.9, top_k=4, top_p=0.85),
    ],
)
@pytest.mark.parametrize("attempts", [1, 2, 4], ids="{} attempts".format)
def test_what_is_left_after_truncation_keeps_its_proportions(decoding, attempts):
    scores = torch.tensor([[1.5, 0.0, -1.0, 2.5, 0.9, 0.3]])
    processors = LogitsProcessorList([TemperatureLogitsWarper(decoding.temperature)])
    if decoding.top_k:
        processors.append(TopKLogitsWarper(decoding.top_k))
    if decoding.top_p < 1:
        processors.append(TopPLogitsWarper(decoding.top_p))
    expected = processors(None, scores).softmax(-1)[0].double().numpy()
    assert 1 < (expected > 0).sum() < 6
    draws = 20_000
    found = choose(scores.expand(draws, -1), numbers(draws, attempts), decoding)
    found = found.bincount(minlength=6).numpy()
    assert found[expected == 0].sum() == 0
    left = expected > 0
    wanted = expected[left] / expected[left].sum() * draws
    assert chisquare(found[left], wanted).pvalue > UNLIKELY


@pytest.mark.parametrize("decoding", [Decoding(top_p=0.3), Decoding(top_p=0.6)])
@pytest.mark.parametrize("vocabulary", [50, 64, 300])
def test_drawing_again_draws_what_sorting_draws(decoding, vocabulary):
    """Over many rows of different distributions: as often each rank, and nothing truncated."""
    scores = 2 * torch.randn(20_000, vocabulary, generator=torch.Generator().manual_seed(1))
    ranks = scores.argsort(descending=True).argsort()
    again, sorted_ = (
        ranks.gather(1, choose(scores, numbers(20_000, tries, seed=tries), decoding)[:, None])
        for tries in (4, 1)
    )
    assert again.max() <= sorted_.max() + 2
    ends = [0, 1, 2, 4, 8, 16, vocabulary]
    counts = [np.histogram(found, ends)[0] for found in (again, sorted_)]
    counts = np.array(counts)[:, np.array(counts).sum(0) > 10]
    assert chi2_contingency(counts).pvalue > UNLIKELY


@pytest.mark.parametrize("vocabulary", [500, 512, 2048])
@pytest.mark.parametrize("count", [1, 15, 16, 17, 64])
def test_the_likeliest_are_those_of_topk(vocabulary, count):
    values = torch.rand(20, vocabulary, generator=torch.Generator().manual_seed(count))
    for found, expected in zip(
        lm_choose._likeliest(values, count), values.topk(count), strict=True
    ):
        assert torch.equal(found, expected)


def what_is_left(probabilities, decoding):
    """The tokens of a row that truncation leaves."""
    cumulative, index = _candidates(probabilities, decoding)
    return set(index[0][cumulative[0].diff(prepend=torch.zeros(1)) > 0].tolist())


SCORES = st.permutations(range(12)).flatmap(
    lambda order: st.floats(0.05, 1.5).map(lambda gap: torch.tensor([[gap * i for i in order]]))
)


@given(
    SCORES,
    st.sampled_from([0.3, 1.0, 3.0]),
    st.one_of(st.none(), st.integers(1, 14)),
    st.floats(0.01, 0.99),
)
@settings(max_examples=80, deadline=None)
def test_truncation_leaves_what_transformers_leaves(scores, temperature, top_k, top_p):
    decoding = Decoding(temperature=temperature, top_k=top_k, top_p=top_p)
    processed = TemperatureLogitsWarper(temperature)(None, scores)
    if top_k is not None:
        processed = TopKLogitsWarper(top_k)(None, processed)
    nucleus = processed.double().softmax(-1).sort(descending=True).values.cumsum(-1)
    if (nucleus - top_p).abs().min() < 1e-5:
        return  # on the border, rounding decides
    expected = TopPLogitsWarper(top_p)(None, processed).isfinite()
    left = what_is_left((scores / temperature).softmax(-1), decoding)
    assert left == set(expected[0].nonzero().flatten().tolist())
    ends = torch.tensor([[0.0], [1 - 2**-24]])  # the smallest and the largest number there is
    chosen = choose(scores.expand(2, -1), ends, decoding)
    assert set(chosen.tolist()) == {
        max(left, key=lambda i: scores[0, i]),
        min(left, key=lambda i: scores[0, i]),
    }


def test_among_equals_top_k_keeps_no_more_than_k():
    decoding = Decoding(top_k=3)
    assert len(what_is_left(torch.full((1, 8), 1 / 8), decoding)) == 3


@pytest.mark.parametrize(("top_p", "count"), [(0.5, 1), (0.51, 2), (0.75, 2), (0.76, 3), (0.9, 4)])
def test_the_nucleus_is_the_smallest_set_that_reaches_p(top_p, count):
    probabilities = torch.tensor([[0.125, 0.5, 0.125, 0.25]])
    assert len(what_is_left(probabilities, Decoding(top_p=top_p))) == count


@pytest.mark.parametrize("candidates", [1, 3, 64])
def test_how_many_are_sorted_at_first_changes_nothing(monkeypatch, candidates):
    scores = torch.randn(200, 300, generator=torch.Generator().manual_seed(0))
    decodings = [Decoding(top_p=0.9), Decoding(top_p=0.7, top_k=50)]
    expected = [choose(scores, numbers(200), decoding) for decoding in decodings]
    monkeypatch.setattr(lm_choose, "_CANDIDATES", candidates)
    for decoding, drawn in zip(decodings, expected, strict=True):
        assert torch.equal(choose(scores, numbers(200), decoding), drawn)


@pytest.mark.parametrize("decoding", [GREEDY, Decoding(temperature=0, top_k=2, top_p=0.5)])
def test_temperature_zero_takes_the_likeliest(decoding):
    scores = torch.randn(50, 30, generator=torch.Generator().manual_seed(0))
    assert torch.equal(choose(scores, numbers(50), decoding), scores.argmax(-1))


def test_a_low_temperature_nearly_does():
    scores = torch.randn(50, 30, generator=torch.Generator().manual_seed(0))
    cold = Decoding(temperature=1e-5)
    assert torch.equal(choose(scores, numbers(50), cold), scores.argmax(-1))


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": -0.1},
        {"temperature": math.inf},
        {"temperature": math.nan},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"top_q": 1},
    ],
)
def test_decodings_that_mean_nothing_are_refused(values):
    with pytest.raises(ValueError, match="validation error"):
        Decoding(**values)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 300])
def test_sums_in_blocks_are_sums(count):
    values = torch.rand(5, count, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(cumulated_in_blocks(values), values.cumsum(-1))


# -- whole rows -----------------------------------------------------------------------------


@either
def test_rows_are_drawn_as_often_as_transformers_says():
    """Every text of at most two tokens, against the product of its probabilities."""
    config = small(vocabulary=5, length=2)
    model = make(config, seed=2)
    theirs = in_transformers(model)
    with torch.no_grad():
        first = theirs(torch.tensor([[END]])).logits[0, -1].double().softmax(-1)
        pairs = torch.tensor([[END, token] for token in range(5)])
        second = theirs(pairs).logits[:, -1].double().softmax(-1)
    expected = {(END,): first[END].item()}
    for token in range(1, 5):
        for after in range(5):
            expected[token, after] = (first[token] * second[token, after]).item()
    rows = write(openings(4000), seed=3, model=model)
    found = dict.fromkeys(expected, 0)
    for row in rows:
        found[tuple(row.tolist())] += 1
    assert sum(expected.values()) == pytest.approx(1)
    wanted = [expected[row] * len(rows) for row in found]
    assert min(wanted) > 5
    assert chisquare(list(found.values()), wanted).pvalue > UNLIKELY


@either
def test_temperature_zero_is_greedy_generation():
    prompts = mixed_prompts(12)
    theirs = in_transformers(MODEL, END)
    found = write(prompts, GREEDY)
    for prompt, row in zip(prompts, found, strict=True):
        generated = theirs.generate(
            torch.tensor(prompt)[None],
            attention_mask=torch.ones(1, len(prompt), dtype=torch.int64),
            do_sample=False,
            max_new_tokens=MODEL.config.length + 1 - len(prompt),
        )
        assert generated[0, len(prompt) :].tolist() == row.tolist()
    assert len({tuple(row) for row in found}) > 3


@either
@pytest.mark.parametrize("decoding", [Decoding(), Decoding(top_k=5, top_p=0.9), GREEDY])
def test_rows_end_with_the_boundary_or_fill_the_context(decoding):
    prompts = mixed_prompts(60)
    rows = write(prompts, decoding)
    ended = 0
    for prompt, row in zip(prompts, rows, strict=True):
        assert END not in row[:-1]
        assert len(row) >= 1
        if row[-1] == END:
            ended += 1
        else:
            assert len(prompt) + len(row) == MODEL.config.length + 1
        assert len(prompt) + len(row) <= MODEL.config.length + 1
    assert ended > 0
    assert decoding == GREEDY or ended < 60


@either
def test_a_prompt_may_fill_the_context():
    whole = np.array([END, *range(1, MODEL.config.length)])
    (row,) = write([whole])
    assert len(row) == 1


@either
def test_a_prompt_beyond_the_context_leaves_no_room():
    prompts = [np.ones(MODEL.config.length + more, int) for more in (1, 2, 30)]
    assert [len(row) for row in write(prompts)] == [0, 0, 0]


@either
def test_no_prompts_no_rows():
    assert write([]) == []


@either
def test_the_seed_fixes_the_rows():
    prompts = mixed_prompts(30)
    first, again, other = (write(prompts, seed=seed) for seed in (2**63 - 1, 2**63 - 1, 5))
    assert equal(first, again)
    assert not equal(first, other)


@either
def test_rows_of_one_prompt_differ():
    texts = {tuple(row) for row in write(openings(40))}
    assert len(texts) > 20


@either
@pytest.mark.parametrize("decoding", [Decoding(), Decoding(top_k=5), GREEDY])
def test_a_row_does_not_depend_on_its_neighbours(decoding):
    prompts = mixed_prompts(40)
    together = write(prompts, decoding, seed=9)
    alone = [
        row
        for i, prompt in enumerate(prompts)
        for row in write([prompt], decoding, seed=9, first_row=i)
    ]
    assert equal(together, alone)


@either
def test_a_row_does_not_depend_on_how_many_are_drawn():
    prompts = mixed_prompts(40)
    together = write(prompts, seed=9)
    pieces = [(0, 1), (1, 17), (17, 40)]
    apart = [row for a, b in pieces for row in write(prompts[a:b], seed=9, first_row=a)]
    assert equal(together, apart)


@either
@pytest.mark.parametrize(("batch", "compact_below"), [(1, 0.75), (7, 0.75), (256, 0.0), (256, 1.1)])
def test_batches_and_compaction_change_nothing(monkeypatch, batch, compact_below):
    prompts = mixed_prompts(40)
    expected = write(prompts, seed=9)
    monkeypatch.setitem(lm_sample._ROWS, "cpu", batch)
    monkeypatch.setattr(lm_sample, "_COMPACT_BELOW", compact_below)
    assert equal(write(prompts, seed=9), expected)


@either
def test_progress_adds_up_to_what_was_written():
    seen = []
    rows = write(mixed_prompts(40), progress=seen.append)
    assert sum(seen) == sum(map(len, rows))
    assert min(seen) > 0


@either
def test_threads_change_nothing(monkeypatch):
    prompts = mixed_prompts(40)
    monkeypatch.setitem(lm_sample._ROWS, "cpu", 8)
    device = Device("cpu", "fp32", threads=3)
    assert equal(sample(MODEL, prompts, END, PLAIN, 9, device), write(prompts, seed=9))


@either
@pytest.mark.parametrize("counts", [(5, 5, 5), (3, 17, 0)])
def test_members_of_a_stack_write_as_if_alone(counts):
    models = [make(small(), seed=seed, scale=4.0) for seed in range(3)]
    prompts = [mixed_prompts(count, seed=seed) for seed, count in enumerate(counts)]
    seeds, firsts = [7, 8, 9], [0, 4, 2]
    together = sample_all(LanguageModel.stack(models), prompts, END, PLAIN, seeds, CPU, firsts)
    for model, asked, seed, first, rows in zip(
        models, prompts, seeds, firsts, together, strict=True
    ):
        assert equal(rows, write(asked, seed=seed, model=model, first_row=first))
