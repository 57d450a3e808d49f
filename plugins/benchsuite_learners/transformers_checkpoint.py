"""Networks and tokenizers in the Hugging Face layout, opened and written by transformers.

No code that a checkpoint brings along is run, and no pickle is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig
from transformers.utils import logging

from benchsuite.api import UserError
from benchsuite_learners.transformers_base import reason

_LOCAL = {"local_files_only": True, "trust_remote_code": False}


class PretrainedTokenizer:
    """A tokenizer of transformers. The token that ends its texts is the boundary of rows.

    Raises `UserError` for a folder without a tokenizer, or with one that has no such token.
    """

    def __init__(self, directory: Path) -> None:
        with _opening(directory, "tokenizer"):
            self._tokenizer = AutoTokenizer.from_pretrained(directory, **_LOCAL)
        # Some classes are made from nothing, where no file is, with special tokens alone.
        if set(self._tokenizer.get_vocab()) <= set(self._tokenizer.all_special_tokens):
            raise UserError(
                f"there is no tokenizer in {directory}; add its files, such as tokenizer.json."
            )
        boundary = self._tokenizer.eos_token_id
        if boundary is None:
            raise UserError(
                f"the tokenizer in {directory} has no token that ends a text; "
                f"name one as eos_token in its tokenizer_config.json."
            )
        self.boundary: int = boundary

    @property
    def start(self) -> int:
        """The token that opens a text, which is the boundary where there is no other."""
        first = self._tokenizer.bos_token_id
        return self.boundary if first is None else int(first)

    @property
    def opening(self) -> list[int]:
        """What the tokenizer puts before a text of its own accord."""
        ids: list[int] = self._tokenizer("")["input_ids"]
        return ids

    @property
    def vocabulary(self) -> int:
        """The largest token id and one."""
        largest: int = max(self._tokenizer.get_vocab().values())
        return largest + 1

    def save(self, directory: Path) -> None:
        """Write it so that transformers opens it."""
        self._tokenizer.save_pretrained(directory)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without boundaries; a text may spell one."""
        if not texts:
            return []
        with quiet():  # it would warn of texts longer than the context, which are windowed
            encoded = self._tokenizer(
                list(texts),
                add_special_tokens=False,
                split_special_tokens=True,
                return_attention_mask=False,
            )
        ids: list[list[int]] = encoded["input_ids"]
        return ids

    def decode(self, rows: Sequence[Sequence[int]]) -> list[str]:
        """Texts of token ids; special tokens are dropped."""
        decoded: list[str] = self._tokenizer.batch_decode(
            rows, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return decoded


def read_config(directory: Path) -> Any:
    """Return a checkpoint's configuration. Raises `UserError`."""
    with _opening(directory, "configuration"):
        return AutoConfig.from_pretrained(directory, **_LOCAL)


def load(directory: Path) -> Any:
    """Open the causal language model in a folder, in fp32. Raises `UserError`."""
    with _opening(directory, "model"):
        network, found = AutoModelForCausalLM.from_pretrained(
            directory, dtype=torch.float32, use_safetensors=True, output_loading_info=True, **_LOCAL
        )
    if found["missing_keys"]:
        raise UserError(
            f"the checkpoint in {directory} lacks {len(found['missing_keys'])} of the weights of a "
            f"{type(network).__name__}, such as {min(found['missing_keys'])}; "
            f"give one of a causal language model, complete."
        )
    network.generation_config = GenerationConfig()  # what it would like is not what is asked for
    return network


def new(config: Any, seed: int) -> Any:
    """Return a causal language model of this configuration with new weights, in fp32."""
    with quiet(), torch.random.fork_rng([]):
        torch.manual_seed(seed)
        return AutoModelForCausalLM.from_config(config, dtype=torch.float32)


def save(network: Any, boundary: int, directory: Path) -> None:
    """Write `config.json`, `generation_config.json` (plain sampling) and safetensors."""
    special = dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"), boundary)
    network.generation_config = GenerationConfig(do_sample=True, **special)
    with quiet():
        network.save_pretrained(directory)


def multiplying_weights(network: nn.Module) -> int:
    """Number of weights that each token is multiplied with.

    Tables that are only looked up in (embeddings of tokens and positions) are left out; the
    output's matrix counts, also where it is the table of tokens.
    """
    tables = {id(m.weight) for m in network.modules() if isinstance(m, nn.Embedding)}
    output = network.get_output_embeddings()  # type: ignore[operator]
    tables.discard(id(getattr(output, "weight", None)))
    return sum(weights.numel() for weights in network.parameters() if id(weights) not in tables)


def multiplying_weights_of(config: Any) -> int:
    """`multiplying_weights` of a model of this configuration, which takes no memory."""
    with quiet(), torch.device("meta"):
        return multiplying_weights(AutoModelForCausalLM.from_config(config))


@contextmanager
def _opening(directory: Path, what: str) -> Iterator[None]:
    """Turn whatever transformers raises into a sentence."""
    try:
        with quiet():
            yield
    except Exception as error:
        raise UserError(
            f"transformers cannot open the {what} in {directory}: {reason(error)}; "
            f"give a causal language model whose architecture it has itself."
        ) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from writing warnings and progress bars of its own."""
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
