"""Metrics on sets of sentences, by hand on small sets and on the published files."""

import json
import os
from collections import Counter

import numpy as np
import pytest
from benchsuite_metrics import crows_pairs, lambada, winobias
from benchsuite_metrics.blimp import Blimp, BlimpParameters
from benchsuite_metrics.blimp import _pairs as blimp_pairs
from benchsuite_metrics.crows_pairs import CrowsPairs
from benchsuite_metrics.intervals import wilson
from benchsuite_metrics.lambada import Lambada
from benchsuite_metrics.minimal_pairs import paired, sentence_scores
from benchsuite_metrics.stereoset import DOMAINS, ENDINGS, ICAT, LMS, SS, graded
from benchsuite_metrics.stereoset_icat import StereoSetICAT
from benchsuite_metrics.stereoset_lms import StereoSetLMS
from benchsuite_metrics.stereoset_ss import StereoSetSS
from benchsuite_metrics.winobias import WinoBias
from made_up_sets import WordModel

from benchsuite.api import DATA_ROOT, Scores, Subject, dataset

published = pytest.mark.skipif(not os.environ.get(DATA_ROOT), reason=f"{DATA_ROOT} names no root")


@pytest.fixture
def told(human, measure, made_up_sets):
    """Measure a model of words with a metric; the measurements by slice."""

    def run(metric, model, **parameters):
        return measure(metric, Subject(human(), lambda: model), **parameters)

    return run


def test_a_sentence_is_scored_without_the_rows_end():
    scores = Scores([], [np.array([-1.0, -2.0, -9.0]), np.array([-9.0])], np.array([3, 0]))
    assert sentence_scores(scores).tolist() == [-3.0, 0.0]


def test_equal_sentences_are_no_pair():
    pairs = paired([("a", "b", "x"), ("a", "a", "y")])
    assert (pairs.rows["text"].to_pylist(), pairs.groups.tolist()) == (["a", "b"], ["x"])


def test_crows_pairs_by_hand(told):
    """`poor` and `slow` are likelier, `she` is not: two of four, and one of two of the genders."""
    found = told(CrowsPairs, WordModel({"rich": 2, "slow": 0.5, "he": 1.5, "she": 1.6}))
    assert {name: m.value for name, m in found.items() if m.n} == {
        "all": 0.0,
        "socioeconomic": 0.5,
        "age": 0.5,
        "gender": -0.5,
    }
    expected = wilson(0.5, 4)
    assert (found["all"].lower, found["all"].upper) == (expected.lower - 0.5, expected.upper - 0.5)
    assert (found["religion"].value, found["religion"].n) == (None, 0)


def test_ties_count_one_half(told):
    found = told(CrowsPairs, WordModel({}))
    assert found["all"].value == found["age"].value == 0
    assert told(Blimp, WordModel({}))["all"].value == 0.5


def test_length_counts(told):
    """The rule is the whole sentence's: three words cost more than two of the same price."""
    assert told(CrowsPairs, WordModel({"slow": 3, "and": 7}))["age"].value == -0.5


def test_winobias_by_hand(told):
    """The pair that differs in more than its pronoun is left out; the others are symmetric."""
    found = told(WinoBias, WordModel({"she": 0.5}))
    assert {name: (m.value, m.n) for name, m in found.items()} == {
        "all": (0.0, 8),
        "type1": (0.0, 4),
        "type2": (0.0, 4),
    }


def test_winobias_scores_plain_sentences(told):
    model = WordModel({})
    told(WinoBias, model)
    (rows,) = model.asked
    assert rows["text"].to_pylist()[:4] == [
        "The nurse left because she was late.",
        "The nurse left because he was late.",
        "The nurse told the guard that he won.",
        "The nurse told the guard that she won.",
    ]


def test_blimp_by_hand(told):
    """One good sentence of two is likelier, and of the other contrast the only pair there is."""
    found = told(Blimp, WordModel({"herself": 2, "seven": 3}))
    assert found["binding"].value == 0.5
    assert (found["argument_structure"].value, found["argument_structure"].n) == (1.0, 1)
    assert (found["all"].value, found["all"].n) == (pytest.approx(2 / 3), 3)
    assert told(Blimp, WordModel({"herself": 2}), pairs=1)["all"].n == 1


def test_all_models_score_one_table(told):
    """Models measured at once score at once what is the same table for all."""
    models = [WordModel({}), WordModel({"he": 2})]
    for metric in (CrowsPairs, WinoBias, Blimp, StereoSetSS, Lambada):
        for model in models:
            told(metric, model)
    first, second = ([id(rows) for rows in model.asked] for model in models)
    assert first == second
    assert len(set(first)) == 6


def test_stereoset_by_hand(told):
    """Two of the aunt's, none of the uncle's, none of his, the monk's: means over terms."""
    model = WordModel({"cruel": 2, "seven": 3})
    found = told(StereoSetSS, model)
    assert found["all"].value == pytest.approx(100 * (1 + 0 + 0 + 1) / 4 - 50)
    assert (found["gender"].value, found["gender"].n) == (0, 3)
    assert told(StereoSetLMS, model)["all"].value == 100
    assert told(StereoSetICAT, model)["all"].value == 100
    assert told(StereoSetICAT, model)["race"].value == 0


def test_stereoset_of_a_model_that_knows_nothing_is_chance(told):
    for metric in (StereoSetSS, StereoSetLMS, StereoSetICAT):
        assert told(metric, WordModel({}))["all"].value == metric.chance


def test_lambada_by_hand(told):
    """The last word alone counts, whatever the passage and the row's end cost."""
    model = WordModel({"dark": 5, "kind": 7, "sun": 100})
    found = told(Lambada, model)
    assert (found["all"].value, found["all"].n) == (6, 2)
    assert found["without passage"].value == 6
    assert told(Lambada, model, passages=1)["all"].value == 5


def test_passages_that_are_no_prefix_are_left_out(told):
    class Joining(WordModel):
        """Takes the passage's last word and what follows for one token, if it is `was`."""

        def _words(self, text):
            return super()._words(text.replace("was dark", "was-dark"))

    found = told(Lambada, Joining({"kind": 7}))
    assert (found["all"].value, found["all"].n) == (7, 1)


@pytest.mark.parametrize("metric", [CrowsPairs, WinoBias, Blimp, StereoSetICAT, Lambada])
@pytest.mark.parametrize("cost", [np.inf, np.nan])
def test_a_broken_model_has_no_value(told, metric, cost):
    broken = WordModel(dict.fromkeys(("she", "seven", "dark", "late", "poor", "himself"), cost))
    assert told(metric, broken)["all"].value is None


@published
def test_stereosets_published_scores_come_out_of_the_published_sentence_scores():
    """SS, LMS and ICAT of GPT-2 (Nadeem et al. 2021), which average over target terms."""
    found = dataset("bias/stereoset_subset")
    reported = json.loads(found.read("reference_published_scores.json"))
    for domain in DOMAINS:
        items = [
            json.loads(line)
            for line in found.read(f"dev_intrasentence_{domain}.jsonl").splitlines()
        ]
        targets = np.array([item["target"] for item in items])
        for model in ("gpt2", "gpt2-medium", "gpt2-large"):
            scores = np.array([[i[e]["reference_score"][model] for e in ENDINGS] for i in items])
            expected = reported[model]["intrasentence"][domain]
            ss, lms, icat = (graded(score, scores, targets).value for score in (SS, LMS, ICAT))
            assert ss + 50 == pytest.approx(expected["SS Score"], abs=0.01)
            assert lms == pytest.approx(expected["LM Score"], abs=0.01)
            assert icat == pytest.approx(expected["ICAT Score"], abs=0.01)


@published
def test_published_sets_are_read_whole():
    pairs = crows_pairs._pairs(dataset(crows_pairs.DATA).digest)
    assert Counter(pairs.groups.tolist()).keys() == set(crows_pairs.KINDS)
    assert len(pairs.groups) == 1508
    assert len(winobias._pairs(dataset(winobias.DATA).digest).groups) == 1562
    few = blimp_pairs(dataset("generalization/blimp").digest, BlimpParameters(pairs=10))
    assert len(few.groups) == 670
    assert set(few.groups.tolist()) == Blimp.context_slices
    passages = lambada._passages(dataset(lambada.DATA).digest, None)
    assert passages.whole.num_rows == 5153


@published
def test_a_pronoun_liked_everywhere_is_no_stereotype(measure, human):
    """WinoBias has each occupation with either pronoun."""
    found = measure(
        WinoBias, Subject(human(), lambda: WordModel({"he": 0.5, "his": 0.5, "him": 0.5}))
    )
    assert found["all"].value == pytest.approx(0, abs=0.01)
