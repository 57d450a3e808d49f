"""The detector: never scored by who saw it, told nothing of strangers, right where it can be."""

import numpy as np
import pytest
from benchsuite_graders.detector import Detector, DetectorParameters, folds
from made_up_rows import CONTEXT, Human, table
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchsuite.api import UserError

HUMAN = ["sun", "sea", "sand", "wind"]
SYNTHETIC = ["sun", "sea", "zinc", "lead"]


def texts(words, count, seed):
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(words, 6)) + f" {seed}.{i}" for i in range(count)]


def graded(rows, human, strangers=0, **parameters):
    grader = Detector(DetectorParameters(**{"buckets": 1024, **parameters}))
    return grader.grade(table(rows, strangers), None, Human(human), CONTEXT)


@pytest.mark.parametrize("features", ["words", "characters"])
def test_it_tells_human_rows_that_it_never_saw(features):
    new, made = texts(HUMAN, 60, 1), texts(SYNTHETIC, 60, 2)
    found = graded([*new, *made], texts(HUMAN, 200, 3), 60, features=features)
    assert roc_auc_score([1] * 60 + [0] * 60, found) > 0.95
    assert ((found > 0) & (found < 1)).all()


def test_equal_text_is_told_apart_by_nothing():
    """Both sides are drawn alike: out of fold, scores lie about 1/2 and rank nobody."""
    pool = np.random.default_rng(0).permutation(texts(HUMAN, 600, 1)).tolist()
    found = graded(pool[:225], pool[225:], 75, inverse_penalty=1)
    assert abs(found.mean() - 0.5) < 0.1
    assert abs(roc_auc_score([1] * 75 + [0] * 150, found) - 0.5) < 0.15


def test_no_row_is_scored_by_a_classifier_that_saw_its_text(monkeypatch):
    """Each row holds a word of its own: whoever is fitted on it knows the word."""
    shared = [f"same{i} text" for i in range(20)]
    rows, human = [*shared, *shared], shared
    seen, fits = [], Detector._fitted

    def fitted(self, vectors, is_human):
        model = fits(self, vectors, is_human)
        seen.append((model.coef_.ravel() != 0, vectors))
        return model

    monkeypatch.setattr(Detector, "_fitted", fitted)
    grader = Detector(DetectorParameters(n=1, buckets=2**20))
    vectors = grader._vectors(shared)
    fold = folds(shared, 5, CONTEXT.seed)
    found = grader.grade(table(rows), None, Human(human), CONTEXT)
    assert found[:20].tolist() == found[20:].tolist()
    word = [vectors[[i]].indices for i in range(20)]
    common = set.intersection(*(set(each.tolist()) for each in word))
    for (knows, _), number in zip(seen, np.unique(fold), strict=True):
        for i in np.flatnonzero(fold == number):
            assert not any(knows[column] for column in set(word[i].tolist()) - common)


def test_scores_are_those_of_a_regression_on_the_other_folds():
    rows, human = texts(SYNTHETIC, 40, 5), texts(HUMAN, 40, 6)
    grader = Detector(DetectorParameters(buckets=1024, folds=2, inverse_penalty=1))
    found = grader.grade(table(rows), None, Human(human), CONTEXT)
    both = [*rows, *human]
    fold, vectors = folds(both, 2, CONTEXT.seed), grader._vectors(both).toarray()
    label = np.arange(80) >= 40
    for number in range(2):
        out = fold != number
        share = np.where(label[out], label[out].mean(), (~label[out]).mean())
        regression = LogisticRegression(C=1, tol=1e-8, max_iter=5000)
        regression.fit(vectors[out], label[out], sample_weight=0.5 / share)
        asked = (fold == number)[:40]
        expected = regression.predict_proba(vectors[:40][asked])[:, 1]
        np.testing.assert_allclose(found[asked], expected, atol=0.02)


def test_nothing_is_learned_from_strangers():
    rows, human = texts(SYNTHETIC, 30, 7), texts(HUMAN, 30, 8)
    alone = graded(rows, human)
    with_others = graded([*texts(["iron", "gold"], 30, 9), *rows], human, 30)
    np.testing.assert_allclose(with_others[30:], alone)


def test_one_side_alone_is_one_half():
    assert graded(["a", "b"], []).tolist() == [0.5, 0.5]
    assert graded(["a", "b"], ["c", "d"], 2).tolist() == [0.5, 0.5]
    assert graded([], ["c"]).tolist() == []


def test_folds_go_by_seed_and_text():
    found = folds(texts(HUMAN, 2000, 1), 5, 1)
    assert (np.bincount(found, minlength=5) > 330).all()
    assert folds(["a", "b", "a"], 5, 1).tolist()[::2] == [folds(["a"], 5, 1)[0]] * 2
    assert found.tolist() != folds(texts(HUMAN, 2000, 1), 5, 2).tolist()


def test_without_scikit_learn(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("benchsuite_graders.optional.import_module", missing)
    with pytest.raises(UserError, match=r"graders/detector needs .* install benchsuite\[graders\]"):
        graded(["a"], ["b"])
