"""Checkpoints in the Hugging Face layout: written for and read without transformers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from benchsuite.lm.config import ModelConfig
from benchsuite.lm.model import LanguageModel
from benchsuite.lm.names import names, pack, unpack
from benchsuite.lm.weights import parts, size

_INDEX = "model.safetensors.index.json"
_FILE = "model.safetensors"


class Unsupported(Exception):
    """A checkpoint that this core has no model for; the sentence says why."""


def save(model: LanguageModel, boundary: int, directory: Path) -> None:
    """Write `config.json`, `generation_config.json` and `model.safetensors` (fp32) of one model."""
    config = model.config
    special = dict.fromkeys(("bos_token_id", "eos_token_id"), boundary)
    shape = _gpt2_document(config) if config.architecture == "gpt2" else _llama_document(config)
    document = {
        **shape,
        "vocab_size": config.vocabulary,
        "tie_word_embeddings": config.tied,
        "torch_dtype": "float32",
        **special,
    }
    _write_json(directory / "config.json", document)
    _write_json(directory / "generation_config.json", {"do_sample": True, **special})
    tensors: dict[str, Tensor] = {}
    for name, weights in parts(model.weights.detach().cpu(), config).items():
        stored = unpack(name, weights[0], config)
        tensors |= {theirs: tensor.contiguous().clone() for theirs, tensor in stored.items()}
    save_file(tensors, directory / _FILE, metadata={"format": "pt"})


def load(directory: Path) -> LanguageModel:
    """Open a checkpoint of the Llama or GPT-2 kind, ours or transformers' own.

    Weights become fp32. Raises `Unsupported` for models of another kind.
    """
    config = read_config(directory)
    weights = torch.empty(1, size(config))
    files = _Files(directory)
    for name, into in parts(weights, config).items():
        theirs = names(name, config)
        missing = [each for each in theirs if each not in files]
        if missing:
            raise Unsupported(f"{directory} has no weights {missing[0]}")
        packed = pack(name, [files.read(each) for each in theirs], config)
        if packed.shape != into[0].shape:
            found, wanted = list(packed.shape), list(into[0].shape)
            raise Unsupported(f"{theirs[0]} has the shape {found}, and {wanted} was expected")
        into[0] = packed
    return LanguageModel(config, weights)


def read_config(directory: Path) -> ModelConfig:
    """Read the shape of the model in a folder. Raises `Unsupported`."""
    try:
        document = json.loads((directory / "config.json").read_text())
        kind = document.get("model_type")
        if kind == "gpt2":
            return _read_gpt2(document)
        if kind == "llama":
            return _read_llama(document)
    except KeyError as missing:
        raise Unsupported(f"its config.json has no {missing}") from missing
    except (ValueError, AttributeError) as failure:
        raise Unsupported(f"its config.json is no JSON object ({failure})") from failure
    raise Unsupported(f"it is a model of the kind {kind}, not llama or gpt2")


def _llama_document(config: ModelConfig) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": config.width,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.key_value_heads,
        "head_dim": config.head_width,
        "intermediate_size": config.feedforward,
        "max_position_embeddings": config.length,
        "rope_theta": config.rope_theta,
        "rms_norm_eps": config.norm_epsilon,
        "hidden_act": "silu",
    }


def _read_llama(document: dict[str, Any]) -> ModelConfig:
    rope = {"rope_theta": document.get("rope_theta", 10_000.0)}
    rope |= document.get("rope_parameters") or document.get("rope_scaling") or {}
    heads, width = document["num_attention_heads"], document["hidden_size"]
    _expect("rotary positions of the kind", rope.get("rope_type", "default"), "default")
    _expect("the activation", document.get("hidden_act", "silu"), "silu")
    for bias in ("attention_bias", "mlp_bias"):
        _expect(bias, document.get(bias) or False, known=False)
    _expect("heads of the width", document.get("head_dim") or width // heads, width // heads)
    return ModelConfig(
        vocabulary=document["vocab_size"],
        width=width,
        layers=document["num_hidden_layers"],
        heads=heads,
        feedforward=document["intermediate_size"],
        length=document["max_position_embeddings"],
        rope_theta=rope["rope_theta"],
        norm_epsilon=document["rms_norm_eps"],
        shared_heads=document.get("num_key_value_heads"),
        tied=document.get("tie_word_embeddings", False),
    )


def _gpt2_document(config: ModelConfig) -> dict[str, Any]:
    return {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "n_embd": config.width,
        "n_layer": config.layers,
        "n_head": config.heads,
        "n_inner": config.feedforward,
        "n_positions": config.length,
        "layer_norm_epsilon": config.norm_epsilon,
        "activation_function": "gelu_new",
        "resid_pdrop": 0.0,  # the core trains without dropout; others should see the same model
        "embd_pdrop": 0.0,
        "attn_pdrop": 0.0,
    }


def _read_gpt2(document: dict[str, Any]) -> ModelConfig:
    activation = document.get("activation_function", "gelu_new")
    if activation != "gelu_pytorch_tanh":
        _expect("the activation", activation, "gelu_new")
    _expect("scale_attn_weights", document.get("scale_attn_weights") in (None, True), known=True)
    by_layer = "scale_attn_by_inverse_layer_idx"
    _expect(by_layer, document.get(by_layer) or False, known=False)
    return ModelConfig(
        vocabulary=document["vocab_size"],
        width=document["n_embd"],
        layers=document["n_layer"],
        heads=document["n_head"],
        feedforward=document.get("n_inner") or 4 * document["n_embd"],
        length=document["n_positions"],
        norm_epsilon=document["layer_norm_epsilon"],
        architecture="gpt2",
        tied=document.get("tie_word_embeddings", True),
    )


def _expect(what: str, found: object, known: object) -> None:
    if found != known:
        raise Unsupported(f"it has {what} {found}, and the core knows only {known}")


class _Files:
    """The safetensors of a checkpoint, in one file or in several with an index."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        if (directory / _INDEX).exists():
            self._where = json.loads((directory / _INDEX).read_text())["weight_map"]
        elif (directory / _FILE).exists():
            with safe_open(directory / _FILE, "pt") as file:
                self._where = dict.fromkeys(file.keys(), _FILE)
        else:
            raise Unsupported(f"{directory} holds no {_FILE} (pickled weights are not read)")
        # GPT-2's first checkpoints leave out the prefix that transformers writes today.
        self._short = {name.removeprefix("transformer."): name for name in self._where}

    def __contains__(self, name: str) -> bool:
        return name in self._where or name.removeprefix("transformer.") in self._short

    def read(self, name: str) -> Tensor:
        """Return a tensor in fp32."""
        name = self._short[name.removeprefix("transformer.")]
        path = self._directory / Path(self._where[name]).name  # an index names no other folder
        with safe_open(path, "pt") as file:
            tensor: Tensor = file.get_tensor(name)
        return tensor.float()


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2) + "\n")
