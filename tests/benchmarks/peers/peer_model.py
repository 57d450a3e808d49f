"""A small Llama model put together from other packages: transformers trains and samples it,
lm-eval scores it.
"""

from __future__ import annotations

import logging
import math
import tempfile
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
import transformers
from lm_eval.models.huggingface import HFLM
from lm_eval.utils import get_rolling_token_windows, make_disjoint_window
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
logging.getLogger("lm_eval").setLevel(logging.ERROR)

ROWS_A_GENERATE = 256
"""Fastest of 64 to 1024 on two cores, by little."""

REQUESTS_A_BATCH = 16
"""Of lm-eval; fastest of 8 to 64 on two cores."""


class Row(NamedTuple):
    """A text and its token ids, its end not among them."""

    text: str
    ids: list[int]

    @property
    def size(self) -> int:
        """Tokens with the one that ends the row."""
        return len(self.ids) + 1


class Shape(NamedTuple):
    """What the suite says of the learner: the model's shape and its training."""

    width: int
    layers: int
    heads: int
    feedforward: int
    length: int
    epochs: int
    batch: int
    learning_rate: float

    def blocks(self, rows: Sequence[Row], amount: int, end: int) -> list[list[int]]:
        """Pack `amount` tokens of rows, ends between them, into blocks of the context.

        Each block has the first token of the next as well, so that every token but the very
        first is a target once an epoch.
        """
        stream = [end, *(token for row in rows for token in (*row.ids, end))][: amount + 1]
        starts = range(0, len(stream) - self.length, self.length)
        return [stream[start : start + self.length + 1] for start in starts]


def train(
    model: LlamaForCausalLM,
    blocks: Sequence[Sequence[int]],
    shape: Shape,
    seed: int,
    precision: str,
) -> None:
    """Train a model with transformers' `Trainer`; `seed` fixes the order of the blocks."""
    from transformers import Trainer, TrainingArguments
    from transformers.trainer_callback import PrinterCallback

    steps = shape.epochs * math.ceil(len(blocks) / shape.batch)
    optimizer = _optimizer(model, shape.learning_rate)
    with tempfile.TemporaryDirectory() as folder:  # the Trainer makes one, whatever it is told
        arguments = TrainingArguments(
            output_dir=folder,
            num_train_epochs=shape.epochs,
            per_device_train_batch_size=shape.batch,
            max_grad_norm=1.0,
            seed=seed % 2**32,
            bf16=precision == "bf16",
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            dataloader_pin_memory=False,
        )
        trainer = Trainer(
            model=model,
            args=arguments,
            train_dataset=[
                {"input_ids": block, "labels": block} for block in map(torch.tensor, blocks)
            ],
            data_collator=_stacked,
            optimizers=(optimizer, _schedule(optimizer, steps)),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        # Under bf16, accelerate leaves autocast around the model's forward, for ever.
        trainer.accelerator.unwrap_model(model, keep_fp32_wrapper=False)
    model.eval()


def initialised(shape: Shape, vocabulary: int, end: int, seed: int) -> LlamaForCausalLM:
    """Return a new model: normal weights, GPT-2's scaling of residual projections."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feedforward,
        max_position_embeddings=shape.length,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        bos_token_id=end,
        eos_token_id=end,
        initializer_range=0.55 / math.sqrt(shape.width),
        attn_implementation="sdpa",  # in training 1.08 times as fast as eager
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for layer in model.model.layers:
            for projection in (layer.self_attn.o_proj, layer.mlp.down_proj):
                projection.weight /= math.sqrt(2 * shape.layers)
    return model


def _optimizer(model: LlamaForCausalLM, learning_rate: float) -> torch.optim.Optimizer:
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": 0.1},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=(0.9, 0.95), fused=True)


def _schedule(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    """Linear to 1 over 5 % of the steps, then linear to 0.05."""
    warmup = max(1, round(0.05 * steps))

    def rate(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return 0.05 + 0.95 * (steps - step) / max(1, steps - warmup)

    return torch.optim.lr_scheduler.LambdaLR(optimizer, rate)


def _stacked(rows: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    return {name: torch.stack([row[name] for row in rows]) for name in rows[0]}


@torch.inference_mode()
def generate(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    amount: int,
    decoding: dict[str, float | None],
    seed: int,
) -> list[Row]:
    """Write rows with `model.generate` until their texts hold `amount` tokens."""
    torch.manual_seed(seed)
    model.set_attn_implementation("eager")  # 1.1 times as fast as sdpa, with this cache
    rows: list[Row] = []
    done, mean = 0, model.config.max_position_embeddings / 2
    while done < amount:
        wanted = math.ceil(1.1 * (amount - done) / mean)
        start = torch.full((min(wanted, ROWS_A_GENERATE), 1), tokenizer.bos_token_id)
        written = model.generate(
            start,
            attention_mask=torch.ones_like(start),
            do_sample=True,
            temperature=decoding["temperature"],
            top_k=decoding["top_k"] or 0,
            top_p=decoding["top_p"],
            max_new_tokens=model.config.max_position_embeddings,
            pad_token_id=tokenizer.eos_token_id,
            cache_implementation="static",  # 1.2 to 1.4 times as fast as one that grows
        )
        texts = tokenizer.batch_decode(written[:, 1:], skip_special_tokens=True)
        for row in encoded([text for text in texts if text], tokenizer):
            if done < amount:
                rows.append(row)
                done += row.size
        mean = done / max(1, len(rows)) or mean
    return rows


def encoded(texts: Sequence[str], tokenizer: PreTrainedTokenizerFast) -> list[Row]:
    """Tokenize texts."""
    ids = tokenizer(texts, add_special_tokens=False)["input_ids"] if texts else []
    return [Row(*pair) for pair in zip(texts, ids, strict=True)]


class Scorer:
    """Log-probabilities (nats) under a model, by lm-eval's `HFLM`."""

    def __init__(self, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
        self.model, self.tokenizer, self.end = model, tokenizer, tokenizer.eos_token_id
        self.length: int = model.config.max_position_embeddings
        self._lm = HFLM(
            pretrained=model,
            tokenizer=tokenizer,
            batch_size=REQUESTS_A_BATCH,
            max_length=self.length,
            device="cpu",
        )

    def rows(self, rows: Sequence[Row]) -> np.ndarray:
        """Log-probability of each row with its end.

        This is `loglikelihood_rolling` with two differences, both needed for the suite's
        definition: the token that ends a row counts, and windows advance by half a context.
        """
        requests, owners = [], []
        for owner, row in enumerate(rows):
            for window in self._windows(row):
                requests.append((("", ""), *make_disjoint_window(window)))
                owners.append(owner)
        return np.bincount(owners, self._log_probabilities(requests), minlength=len(rows))

    def continuations(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Log-probability of each continuation after its prompt."""
        prompts = encoded([prompt for prompt, _ in pairs], self.tokenizer)
        rests = encoded([rest for _, rest in pairs], self.tokenizer)
        requests = [
            (("", ""), [self.end, *prompt.ids], rest.ids)
            for prompt, rest in zip(prompts, rests, strict=True)
        ]
        return self._log_probabilities(requests)

    @torch.inference_mode()
    def tokens(self, rows: Sequence[Row]) -> list[np.ndarray]:
        """Log-probability of each token of each row, its end included.

        lm-eval keeps the sum of a request alone, so its logits are gathered here.
        """
        spans = [(i, *window) for i, row in enumerate(rows) for window in self._windows(row)]
        order = sorted(range(len(spans)), key=lambda i: len(spans[i][1]))
        found: list[np.ndarray] = [np.empty(0)] * len(spans)
        for at in range(0, len(order), REQUESTS_A_BATCH):
            batch = order[at : at + REQUESTS_A_BATCH]
            whole = [torch.tensor([*spans[i][1], spans[i][2][-1]]) for i in batch]
            padded = torch.nn.utils.rnn.pad_sequence(whole, batch_first=True)
            logits = self._lm._model_call(padded[:, :-1])
            losses = F.cross_entropy(
                logits.flatten(0, 1), padded[:, 1:].flatten(), reduction="none"
            ).view(len(batch), -1)
            for i, row in zip(batch, -losses.numpy(), strict=True):
                _, context, predicted = spans[i]
                found[i] = row[len(context) - len(predicted) : len(context)]
        scored: list[list[np.ndarray]] = [[] for _ in rows]
        for (owner, _, _), part in zip(spans, found, strict=True):
            scored[owner].append(part)
        return [np.concatenate(parts) for parts in scored]

    def _windows(self, row: Row) -> list[tuple[list[int], list[int]]]:
        """Windows of a row and its end: what is read, and the tokens predicted at its last."""
        context = self.length - self.length // 2 + 1
        return list(get_rolling_token_windows([*row.ids, self.end], self.end, self.length, context))

    def _log_probabilities(self, requests: list[tuple[tuple[str, str], list[int], list[int]]]):
        answers = self._lm._loglikelihood_tokens(requests, disable_tqdm=True)
        return np.array([total for total, _ in answers], np.float64)
