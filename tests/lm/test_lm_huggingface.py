"""Checkpoints: transformers opens them, and nothing is lost on the way to the disk."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from small_models import in_transformers, logits, make, small
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from benchsuite.lm import huggingface
from benchsuite.lm.weights import parts, size

SHAPES = [
    small(),
    small(layers=1, heads=1),
    small(layers=3, heads=4, feedforward=7),
    small(length=40, rope_theta=300.0, norm_epsilon=0.01),
    small(heads=4, shared_heads=2),
    small(heads=4, shared_heads=1, tied=False),
    small(architecture="gpt2"),
    small(architecture="gpt2", layers=3, feedforward=64, norm_epsilon=0.01),
]


@pytest.mark.parametrize("config", SHAPES)
def test_transformers_opens_a_checkpoint_and_says_the_same(config):
    model = make(config)
    tokens = torch.randint(
        *(config.vocabulary, (3, config.length)), generator=torch.Generator().manual_seed(1)
    )
    with torch.no_grad():
        ours = logits(model, tokens)
        theirs = in_transformers(model)(tokens).logits
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
    assert ours.std() > 0.1, "the comparison must be of something"


@pytest.mark.parametrize("config", SHAPES)
def test_parameters_are_counted_right(config):
    model = make(config)
    assert size(config) == model.weights.numel()
    assert size(config) == in_transformers(model).num_parameters()
    assert size(config) == sum(weight.numel() for weight in parts(model.weights, config).values())


@pytest.mark.parametrize("config", SHAPES)
def test_save_load_save_gives_the_same_bytes(config, tmp_path):
    once, twice = tmp_path / "once", tmp_path / "twice"
    once.mkdir()
    twice.mkdir()
    huggingface.save(make(config), 3, once)
    loaded = huggingface.load(once)
    huggingface.save(loaded, 3, twice)
    assert replace(loaded.config, shared_heads=None) == replace(config, shared_heads=None)
    assert loaded.config.key_value_heads == config.key_value_heads
    names = {"config.json", "generation_config.json", "model.safetensors"}
    assert {path.name for path in once.iterdir()} == names
    for name in names:
        assert (once / name).read_bytes() == (twice / name).read_bytes()


def test_every_weight_is_stored_in_fp32_under_the_name_transformers_has_for_it(tmp_path):
    model = make(small())
    huggingface.save(model, 0, tmp_path)
    theirs = dict(in_transformers(model).named_parameters())
    with safe_open(tmp_path / "model.safetensors", "pt") as stored:
        assert set(stored.keys()) == set(theirs)
        for name in stored.keys():  # noqa: SIM118 (not a mapping)
            assert stored.get_tensor(name).dtype == torch.float32
            assert torch.equal(stored.get_tensor(name), theirs[name])


def test_the_boundary_opens_and_ends_but_does_not_pad(tmp_path):
    """As padding, transformers would keep its embedding from being trained further."""
    huggingface.save(make(small()), 5, tmp_path)
    for name in ("config.json", "generation_config.json"):
        document = json.loads((tmp_path / name).read_text())
        assert {document[f"{use}_token_id"] for use in ("bos", "eos")} == {5}
        assert "pad_token_id" not in document
    model = in_transformers(make(small()), 5)
    assert model.generation_config.eos_token_id == 5


def transformers_own(kind):
    """A model that transformers made and saved, of sizes it would choose itself."""
    torch.manual_seed(0)
    if kind == "gpt2":
        config = GPT2Config(vocab_size=40, n_embd=16, n_layer=2, n_head=2, n_positions=24)
        return GPT2LMHeadModel(config).eval()
    config = LlamaConfig(
        vocab_size=40,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=24,
        tie_word_embeddings=kind == "tied llama",
    )
    return LlamaForCausalLM(config).eval()


@pytest.mark.parametrize("kind", ["gpt2", "llama", "tied llama"])
@pytest.mark.parametrize("shard", ["5GB", "4KB"])
def test_transformers_own_checkpoints_are_read(kind, shard, tmp_path):
    theirs = transformers_own(kind)
    theirs.save_pretrained(tmp_path, max_shard_size=shard)
    assert (tmp_path / "model.safetensors.index.json").exists() == (shard == "4KB")
    tokens = torch.arange(24)[None] % 17
    with torch.no_grad():
        expected = theirs(tokens).logits
        torch.testing.assert_close(
            logits(huggingface.load(tmp_path), tokens), expected, atol=1e-5, rtol=1e-5
        )


def test_gpt2_without_the_prefix_is_read(tmp_path):
    theirs = transformers_own("gpt2")
    theirs.save_pretrained(tmp_path)
    stored = load_file(tmp_path / "model.safetensors")
    bare = {name.removeprefix("transformer."): tensor for name, tensor in stored.items()}
    save_file(bare, tmp_path / "model.safetensors")
    tokens = torch.arange(9)[None]
    with torch.no_grad():
        torch.testing.assert_close(
            logits(huggingface.load(tmp_path), tokens), theirs(tokens).logits, atol=1e-5, rtol=1e-5
        )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"model_type": "mamba"}, "kind mamba"),
        ({"hidden_act": "gelu"}, "activation gelu"),
        ({"attention_bias": True}, "attention_bias True"),
        ({"rope_parameters": {"rope_type": "llama3", "rope_theta": 5e5}}, "llama3"),
    ],
)
def test_what_the_core_has_no_model_for_is_refused(change, complaint, tmp_path):
    huggingface.save(make(small()), 0, tmp_path)
    document = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(document | change))
    with pytest.raises(huggingface.Unsupported, match=complaint):
        huggingface.load(tmp_path)


def test_pickled_weights_are_not_read(tmp_path):
    huggingface.save(make(small()), 0, tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(huggingface.Unsupported, match="pickled"):
        huggingface.load(tmp_path)


def test_a_config_that_lacks_a_key_or_is_no_json_is_refused(tmp_path):
    huggingface.save(make(small()), 0, tmp_path)
    document = json.loads((tmp_path / "config.json").read_text())
    del document["rms_norm_eps"]
    (tmp_path / "config.json").write_text(json.dumps(document))
    with pytest.raises(huggingface.Unsupported, match="no 'rms_norm_eps'"):
        huggingface.load(tmp_path)
    for broken in ("{", "[]"):
        (tmp_path / "config.json").write_text(broken)
        with pytest.raises(huggingface.Unsupported, match="no JSON object"):
            huggingface.load(tmp_path)


def test_weights_of_another_shape_are_refused(tmp_path):
    """A row where a table should be would otherwise be spread over it."""
    huggingface.save(make(small()), 0, tmp_path)
    stored = load_file(tmp_path / "model.safetensors")
    stored["model.embed_tokens.weight"] = stored["model.embed_tokens.weight"][:1].clone()
    save_file(stored, tmp_path / "model.safetensors")
    with pytest.raises(huggingface.Unsupported, match=r"embed_tokens.*\[1, 16\].*\[23, 16\]"):
        huggingface.load(tmp_path)
