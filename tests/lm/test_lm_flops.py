"""Operations and weights, counted by hand and by torch."""

import torch
from small_models import in_transformers, make, small
from torch.utils.flop_counter import FlopCounterMode

from benchsuite.lm.config import ModelConfig
from benchsuite.lm.flops import forward_flops, training_flops
from benchsuite.lm.weights import size


def test_a_small_model_counted_by_hand():
    config = ModelConfig(vocabulary=10, width=4, layers=3, heads=2, feedforward=6, length=8)
    attention, feedforward, norms = 4 * (4 * 4), 3 * (4 * 6), 2 * 4
    weights = 10 * 4 + 3 * (attention + feedforward + norms) + 4
    assert size(config) == weights == 476
    assert config.head_width == 2
    # Each query meets (on average half of) 8 keys and 8 values of width 4, in 3 layers.
    a_token = 2 * weights + 3 * (2 * 4 * 8 + 2 * 4 * 8) // 2
    assert forward_flops(config, 1) == a_token
    assert forward_flops(config, 1000) == 1000 * a_token
    assert training_flops(config, 1000) == 3000 * a_token


def test_torch_counts_the_same_multiplications():
    config = small(length=16)
    model = in_transformers(make(config))
    model.set_attn_implementation("eager")  # of products in fused kernels torch knows nothing
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros((2, config.length), dtype=torch.int64))
    tokens, width, layers = 2 * config.length, config.width, config.layers
    upper_half = layers * tokens * 2 * config.length * width  # torch counts it, causality saves it
    norms = 2 * (2 * layers + 1) * width * tokens  # torch counts products of matrices alone
    assert forward_flops(config, tokens) == counter.get_total_flops() - upper_half + norms
