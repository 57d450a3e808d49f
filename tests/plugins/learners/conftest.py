"""Checkpoints of transformers, and models trained on from them."""

import shutil
from pathlib import Path

import pytest
import torch
from made_up_bases import CONFIGS, CONTEXT, TEXTS, job, learner
from transformers import AutoModelForCausalLM

from benchsuite.lm.tokenizer import TextTokenizer


@pytest.fixture(scope="session")
def bases(tmp_path_factory):
    """Checkpoints of three architectures with random weights and one tokenizer, by name."""
    root = tmp_path_factory.mktemp("bases")
    for name, config in CONFIGS.items():
        torch.manual_seed(5)
        AutoModelForCausalLM.from_config(config).save_pretrained(root / name)
        TextTokenizer.train(TEXTS * 5, config.vocab_size).save(root / name)
    return {name: root / name for name in CONFIGS}


@pytest.fixture(scope="session", params=list(CONFIGS))
def base(request, bases):
    return bases[request.param]


@pytest.fixture(scope="session")
def gpt2(bases):
    return bases["gpt2"]


@pytest.fixture
def broken(gpt2, tmp_path):
    """A copy of a base, to be damaged."""
    return Path(shutil.copytree(gpt2, tmp_path / "broken"))


@pytest.fixture(scope="session")
def trained(base, tmp_path_factory):
    """A base trained on TEXTS."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    learner(base, epochs=8, learning_rate=0.01).train(job(base, folder), CONTEXT)
    return folder


@pytest.fixture
def model(trained):
    return learner("unused").open(trained, CONTEXT.device)


@pytest.fixture(scope="session")
def boundary(gpt2):
    return TextTokenizer.load(gpt2).boundary
