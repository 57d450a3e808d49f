"""Small checkpoints that tests of the learner `transformers` start from."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")


import pyarrow as pa
import torch
from benchsuite_learners.transformers_learner import Transformers, TransformersParameters
from transformers import AutoModelForCausalLM, GPT2Config, GPTNeoXConfig, LlamaConfig

from benchsuite.api import Context, TrainingJob
from benchsuite.lm.device import Device

CONTEXT = Context(3, Device("cpu", "fp32"))
TEXTS = [f"the {a} {b} the {c}.\n" for a in ("red", "old") for b in ("cat", "dog") for c in "xyzé"]
LENGTH = 16
SIZES = {"vocab_size": 300, "bos_token_id": 0, "eos_token_id": 0}
CONFIGS = {
    # Old checkpoints of GPT-2 carry wishes about generation, which nothing here may follow.
    "gpt2": GPT2Config(
        **SIZES,
        n_positions=32,
        n_embd=32,
        n_layer=2,
        n_head=4,
        task_specific_params={"text-generation": {"do_sample": True, "max_length": 50}},
    ),
    "neox": GPTNeoXConfig(
        **SIZES,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=32,
    ),
    "llama": LlamaConfig(
        **SIZES,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=64,
        max_position_embeddings=32,
        tie_word_embeddings=False,
    ),
}


def table(texts):
    return pa.table({"text": pa.array(texts, pa.string())})


def learner(base, **changes):
    return Transformers(TransformersParameters(base=str(base), length=LENGTH, **changes))


def job(
    base,
    folder,
    amount=400,
    unit="tokens",
    seed=1,
    texts=TEXTS * 5,
    init="base",
    previous=None,
):
    made = learner(base)
    for path in (folder, folder / "scratch", folder / "tokenizer"):
        path.mkdir(parents=True)
    made.fit_tokenizer(table([]), folder / "tokenizer", CONTEXT)
    return TrainingJob(
        rows=made.tokenize(table(texts), folder / "tokenizer"),
        amount=amount,
        unit=unit,
        tokenizer=folder / "tokenizer",
        seed=seed,
        directory=folder,
        scratch=folder / "scratch",
        effort=amount,
        init=init,
        previous=previous,
    )


def log_probabilities(folder, ids):
    """What transformers says of all ids but the first."""
    network = AutoModelForCausalLM.from_pretrained(folder)
    tokens = torch.tensor([ids])
    with torch.no_grad():
        scores = network(tokens[:, :-1]).logits.log_softmax(-1)
    return scores.gather(-1, tokens[:, 1:, None])[0, :, 0].numpy()
