"""Texts as points in a model's space: features of a checkpoint of transformers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from benchsuite.api import Device
from benchsuite_metrics.checkpoint import located, not_opened

if TYPE_CHECKING:
    from collections.abc import Sequence

Pooling = Literal["last", "mean"]
_BATCH = 16
_LOCAL = {"local_files_only": True, "trust_remote_code": False}


def features(
    texts: Sequence[str], checkpoint: str, tokens: int, pooling: Pooling, device: Device
) -> np.ndarray:
    """Return the last layer's states, float64 `[texts, width]`.

    `last` takes that of the last token, `mean` the mean over tokens; a text is cut to `tokens`.
    No text may be empty. Raises `UserError` where the checkpoint cannot be opened.
    """
    import torch

    tokenizer, model = _opened(checkpoint, device.kind)
    order = np.argsort([len(text) for text in texts], kind="stable")
    found = np.empty((len(texts), model.config.hidden_size))
    for start in range(0, len(texts), _BATCH):
        batch = order[start : start + _BATCH]
        read = tokenizer(
            [texts[row] for row in batch],
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=tokens,
        ).to(device.kind)
        with torch.inference_mode():
            states = model(**read).last_hidden_state.float()
        mask = read["attention_mask"]
        if pooling == "last":
            pooled = states[torch.arange(len(batch)), mask.sum(1) - 1]
        else:
            pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        found[batch] = pooled.cpu().numpy()
    return found


@lru_cache(maxsize=1)
def _opened(checkpoint: str, kind: str) -> tuple[Any, Any]:
    """Open tokenizer and model; weights in pickles are refused."""
    from transformers import AutoModel, AutoTokenizer

    folder = located(checkpoint)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="right", **_LOCAL)
        model = AutoModel.from_pretrained(folder, use_safetensors=True, dtype="float32", **_LOCAL)
    except (OSError, ValueError) as error:
        raise not_opened(checkpoint, error) from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer, model.eval().to(kind)
