"""Byte-level BPE: trained on human text, saved so that transformers opens it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

BOUNDARY = "<|boundary|>"
"""Stands between rows: it opens the first, and ends each row and opens the next at once."""


class TextTokenizer:
    """Text to token ids and back; texts are shared by so many threads."""

    def __init__(self, tokenizer: Tokenizer, boundary: str = BOUNDARY, threads: int = 1) -> None:
        tokenizer.encode_special_tokens = True  # a text may spell the boundary
        self._tokenizer, self._spelled, self._threads = tokenizer, boundary, threads
        found = tokenizer.token_to_id(boundary)
        if found is None:
            raise ValueError(f"the tokenizer has no token {boundary}")
        self.boundary: int = found
        self.vocabulary: int = tokenizer.get_vocab_size()

    @property
    def start(self) -> int:
        """The token that opens a text: the boundary."""
        return self.boundary

    @property
    def opening(self) -> list[int]:
        """What a checkpoint's own tokenizer puts before a text; ours puts nothing."""
        ids: list[int] = self._tokenizer.encode("").ids
        return ids

    @classmethod
    def train(cls, texts: Iterable[str], vocabulary: int) -> TextTokenizer:
        """Learn merges from `texts` until there are `vocabulary` tokens (or no pair is left)."""
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=[BOUNDARY],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer)

    @classmethod
    def load(cls, directory: Path, threads: int = 1) -> TextTokenizer:
        """Open the `tokenizer.json` in `directory`, ours or another fast tokenizer's.

        The boundary is what the tokenizer's configuration calls the end of a text. Raises
        `ValueError` where it names none.
        """
        config = json.loads((directory / "tokenizer_config.json").read_text())
        boundary = config.get("eos_token")
        if isinstance(boundary, dict):
            boundary = boundary.get("content")
        if not boundary:
            raise ValueError("the tokenizer names no eos_token to stand between rows")
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        return cls(tokenizer, str(boundary), threads)

    def save(self, directory: Path) -> None:
        """Write `tokenizer.json` and the `tokenizer_config.json` that transformers reads."""
        self._tokenizer.save(str(directory / "tokenizer.json"))
        config = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": self._spelled,
            "eos_token": self._spelled,
            "clean_up_tokenization_spaces": False,
            "split_special_tokens": True,  # a text may spell the boundary
        }
        (directory / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without boundaries."""
        size = max(1, -(-len(texts) // self._threads))
        shares = [list(texts[i : i + size]) for i in range(0, len(texts), size)]
        if len(shares) <= 1:
            return [ids for share in shares for ids in self._encode(share)]
        with ThreadPoolExecutor(self._threads) as pool:  # the tokenizer holds no lock
            return [ids for found in pool.map(self._encode, shares) for ids in found]

    def _encode(self, texts: list[str]) -> list[list[int]]:
        encoded = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [e.ids for e in encoded]

    def decode(self, rows: Sequence[Sequence[int]]) -> list[str]:
        """Texts of token ids; boundaries are dropped, broken UTF-8 becomes U+FFFD."""
        decoded: list[str] = self._tokenizer.decode_batch(rows, skip_special_tokens=True)
        return decoded
