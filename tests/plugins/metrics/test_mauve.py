"""Metrics that read texts with a model: MAUVE, and the Vendi score of embeddings."""

import shutil

import numpy as np
import pytest
import torch
import transformers
from benchsuite_metrics.checkpoint import fingerprint
from benchsuite_metrics.embedding_vendi import EmbeddingVendi, cosine_vendi
from benchsuite_metrics.features import features
from benchsuite_metrics.mauve import Mauve, frontier_area, histograms
from scipy.integrate import quad
from scipy.stats import entropy

from benchsuite.api import Device, Subject, UserError

CPU = Device("cpu", "fp32")


@pytest.fixture(scope="module")
def people(human, prose):
    return human(prose(1, rows=100), prose(2), prose(3))


def area(p, q):
    """The area under the frontier, as an integral over w of y dx."""

    def x(w):
        return np.exp(-5 * entropy(q, w * p + (1 - w) * q))

    def integrand(w):
        mixed = w * p + (1 - w) * q
        slope = -5 * x(w) * -np.sum(q * (p - q) / mixed)
        return -slope * np.exp(-5 * entropy(p, mixed))

    return quad(integrand, 0, 1)[0] + x(1.0)  # at w = 1 it is at y = 1, and goes straight to x = 0


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([0.5, 0.5], [0.4, 0.6]),
        ([0.2, 0.3, 0.5], [0.5, 0.3, 0.2]),
        ([0.25] * 4, [0.7, 0.1, 0.1, 0.1]),
    ],
)
def test_area_is_that_of_the_integral(p, q):
    """Of histograms without empty buckets; 25 trapezes are within a hundredth."""
    p, q = np.array(p), np.array(q)
    assert frontier_area(p, q) == pytest.approx(area(p, q), abs=0.01)
    assert frontier_area(p, q) == pytest.approx(frontier_area(q, p))


def test_area_of_equal_histograms_is_one_and_of_disjoint_ones_small():
    """Of disjoint ones the curve is x = (1-w)^5, y = w^5: the area is B(5, 6) · 5 = 1/252."""
    p, q = np.array([0.3, 0.7, 0, 0]), np.array([0, 0, 0.5, 0.5])
    assert frontier_area(p, p) == pytest.approx(1)
    assert frontier_area(p, q) == pytest.approx(1 / 252, rel=0.05)


def test_histograms_find_groups():
    """Two groups of directions, in shares of their own on each side."""
    random = np.random.default_rng(0)
    centres = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    first, second = (np.array([0] * a + [1] * b) for a, b in ((30, 10), (10, 30)))
    points = [centres[side] + random.normal(0, 0.02, (40, 3)) for side in (first, second)]
    p, q = histograms(*points, buckets=2, seed=0)
    assert sorted(p) == [0.25, 0.75]
    assert p.tolist() == q[::-1].tolist()
    assert histograms(*points, buckets=2, seed=0)[0].tolist() == p.tolist()


@pytest.mark.filterwarnings("ignore:Please import `csr_matrix`:DeprecationWarning")
@pytest.mark.parametrize("shape", [(30, 8), (8, 30)])
def test_cosine_vendi_is_that_of_the_kernel(shape):
    rows = np.random.default_rng(0).normal(size=shape)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    values = np.linalg.eigvalsh(unit @ unit.T / len(unit))
    values = values[values > 1e-12]
    assert cosine_vendi(rows) == pytest.approx(np.exp(-np.sum(values * np.log(values))))
    package = pytest.importorskip("vendi_score.vendi", reason="vendi-score is not installed")
    assert cosine_vendi(rows) == pytest.approx(package.score_X(rows))
    assert cosine_vendi(rows) == pytest.approx(package.score_dual(rows))


def test_features_are_what_transformers_says_of_each_text(encoder, prose):
    """One at a time and without padding."""
    rows = [*prose(5, rows=5), "aa", "aa ab ac"]
    tokenizer = transformers.AutoTokenizer.from_pretrained(encoder)
    model = transformers.AutoModel.from_pretrained(encoder).eval()
    for pooling in ("last", "mean"):
        found = features(rows, str(encoder), 12, pooling, CPU)
        for row, text in zip(found, rows, strict=True):
            with torch.inference_mode():
                ids = tokenizer(text, return_tensors="pt")["input_ids"][:, :12]
                states = model(ids).last_hidden_state[0]
            expected = states[-1] if pooling == "last" else states.mean(0)
            assert row == pytest.approx(expected.numpy(), abs=1e-5)


def test_mauve_tells_human_text_from_other_text(measure, encoder, people, prose, table):
    chosen = {"model": str(encoder), "rows": 60, "buckets": 6}
    alike, other = (
        measure(Mauve, Subject(people, samples=table(rows)), **chosen)
        for rows in (prose(9), ["zz yy xx " * 9] * 60)
    )
    assert other["all"].value < alike["all"].value <= 1
    assert alike["human"].value == other["human"].value > other["all"].value
    assert alike["all"].n == 60


def test_embedding_vendi_of_equal_rows_is_one(measure, encoder, people, table):
    subject = Subject(people, samples=table(["aa ab"] * 30))
    found = measure(EmbeddingVendi, subject, model=str(encoder), rows=30)
    assert found["samples"].value == pytest.approx(1)
    assert found["gap"].value < 0


@pytest.mark.parametrize("metric", [Mauve, EmbeddingVendi])
def test_a_model_that_is_not_there_is_the_users_to_mend(
    measure, metric, people, prose, table, tmp_path
):
    subject = Subject(people, samples=table(prose(1)))
    with pytest.raises(UserError, match="cannot be opened"):
        measure(metric, subject, model=str(tmp_path / "nothing"), rows=20)


@pytest.mark.parametrize("metric", [Mauve, EmbeddingVendi])
def test_files_of_the_model_are_part_of_the_identity(metric, encoder, tmp_path):
    folder = shutil.copytree(encoder, tmp_path / "copy")

    def identity(model):
        return metric(metric.parameters_type(model=str(model))).fingerprint()

    before = identity(folder)
    assert before == identity(encoder) != ""
    (folder / "README.md").write_text("no part of the model")
    assert identity(folder) == before
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    assert identity(folder) != before
    with pytest.raises(UserError, match="cannot be opened"):
        identity(tmp_path / "nothing")


def test_a_model_from_the_hub_is_its_commit(encoder, tmp_path, monkeypatch, prose):
    """Asked for anew when a plan is made, and then read from the cache."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot = shutil.copytree(encoder, tmp_path / commit)
    asked = []

    def download(name, allow_patterns, local_files_only):
        asked.append((name, local_files_only))
        assert not any("bin" in pattern or pattern == "*" for pattern in allow_patterns)
        return str(snapshot)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert fingerprint("owner/encoder") == commit
    rows = prose(5, rows=3)
    found = features(rows, "owner/encoder", 12, "mean", CPU)
    assert found.tolist() == features(rows, str(encoder), 12, "mean", CPU).tolist()
    assert asked == [("owner/encoder", False), ("owner/encoder", True)]
