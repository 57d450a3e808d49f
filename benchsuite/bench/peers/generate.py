"""transformers' `generate` on a checkpoint of ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchsuite.bench.machine import as_peers_do, timed
from benchsuite.bench.rounds import Contender, Measured
from benchsuite.bench.setup import Setup
from benchsuite.lm.config import ModelConfig
from benchsuite.lm.decoding import Decoding
from benchsuite.lm.device import Precision

if TYPE_CHECKING:
    from transformers import PreTrainedModel

NAME = "transformers generate"
ATTENTIONS = ("sdpa", "eager")
PRECISIONS: tuple[Precision, ...] = ("fp32", "bf16")
CACHES = ("dynamic", "static")

_BOUNDARY = 0


class Setting(NamedTuple):
    """What a user of `generate` chooses."""

    batch: int
    attention: str = ATTENTIONS[0]
    precision: Precision = PRECISIONS[0]
    cache: str = CACHES[0]

    def __str__(self) -> str:
        """Return it in words."""
        return f"batch {self.batch}, {self.precision}, {self.attention}, {self.cache} cache"


def contender(
    folder: Path,
    config: ModelConfig,
    decoding: Decoding,
    setting: Setting,
    setup: Setup,
    batches: int | None = None,
) -> Contender:
    """Return `generate` at a setting, to write `setup.effort.rows` rows, or so many batches."""
    rows = setup.effort.rows if batches is None else batches * setting.batch

    @cache
    def opened() -> PreTrainedModel:
        model = _opened(folder, setting, setup.device)
        _write(model, decoding, setting, min(setting.batch, rows), tokens=4)
        return model

    def run(seed: int) -> Measured:
        import torch

        with as_peers_do(setup.threads):
            model = opened()
            torch.manual_seed(seed)

            def work() -> int:
                done = 0
                for start in range(0, rows, setting.batch):
                    size = min(setting.batch, rows - start)
                    done += _write(model, decoding, setting, size, config.length)
                return done

            written, seconds = timed(setup.device, work)
        assert written == rows * config.length
        return Measured(written, seconds)

    return Contender(NAME, str(setting), run)


def _opened(folder: Path, setting: Setting, device: str) -> PreTrainedModel:
    import torch
    from transformers import LlamaForCausalLM

    dtype = torch.bfloat16 if setting.precision == "bf16" else torch.float32
    model: PreTrainedModel = LlamaForCausalLM.from_pretrained(
        folder, dtype=dtype, attn_implementation=setting.attention
    )
    # None in a call means the model's own: without this, rows would end at the boundary.
    model.generation_config.eos_token_id = None
    model.generation_config.pad_token_id = _BOUNDARY
    return model.to(device).eval()


def _write(
    model: PreTrainedModel, decoding: Decoding, setting: Setting, rows: int, tokens: int
) -> int:
    """Continue so many boundaries; return the number of tokens written."""
    import torch

    options: dict[str, Any] = (
        {"cache_implementation": "static"} if setting.cache == "static" else {}
    )
    prompts = torch.full((rows, 1), _BOUNDARY, device=model.device)
    written = model.generate(
        prompts,
        attention_mask=torch.ones_like(prompts),
        do_sample=True,
        max_new_tokens=tokens,
        temperature=decoding.temperature,
        top_k=decoding.top_k or 0,
        top_p=decoding.top_p,
        use_cache=True,
        **options,
    )
    return rows * (int(written.shape[1]) - 1)
