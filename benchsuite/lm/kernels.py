"""The operations that models are made of, with gradients written out where that is faster.

Everything has a leading dimension of members: models of one shape, trained or run at once and
independent of one another. `[m, n, w]` stands for members, tokens and width throughout.

Autograd's own gradients of these formulas make many passes over memory: at width 128 they took
a third of a training step on a CPU. Where no gradient is wanted, autograd is not asked at all: its
bookkeeping would take a tenth of the time of writing a token.
"""

# Autograd's functions carry no types, and their context holds what forward puts there.
# mypy: disable-error-code="misc,no-untyped-call,no-untyped-def,no-any-return"

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function


class _Embedding(Function):
    @staticmethod
    def forward(ctx: Any, tokens: Tensor, table: Tensor) -> Tensor:
        ctx.save_for_backward(tokens)
        ctx.rows, ctx.dtype = len(table), table.dtype
        return F.embedding(tokens, table)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[None, Tensor]:
        # Frequent tokens add up in fp32: in bf16 a sum stops growing at 256 times its addends.
        (tokens,) = ctx.saved_tensors
        added = torch.ops.aten.embedding_dense_backward(
            grad.float(), tokens, ctx.rows, -1, scale_grad_by_freq=False
        )
        return None, added.to(ctx.dtype)


def embed(tokens: Tensor, table: Tensor) -> Tensor:
    """Return the rows of a `[vocabulary, w]` table at `tokens`: `[…, w]`."""
    return _Embedding.apply(tokens, table)


def _linear(inputs: Tensor, weight: Tensor, added: Tensor | None) -> Tensor:
    if added is None:
        return torch.bmm(inputs, weight.transpose(1, 2))
    return torch.baddbmm(added, inputs, weight.transpose(1, 2))


class _Linear(Function):
    @staticmethod
    def forward(ctx: Any, inputs: Tensor, weight: Tensor, added: Tensor | None) -> Tensor:
        ctx.save_for_backward(inputs, weight)
        ctx.broadcast = added is not None and added.shape[1] == 1
        return _linear(inputs, weight, added)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        inputs, weight = ctx.saved_tensors
        grad_added = None
        if ctx.needs_input_grad[2]:
            grad_added = grad.sum(1, keepdim=True) if ctx.broadcast else grad
        return torch.bmm(grad, weight), torch.bmm(grad.transpose(1, 2), inputs), grad_added


def linear(inputs: Tensor, weight: Tensor, added: Tensor | None = None) -> Tensor:
    """Return inputs · weightᵀ (+ added): `[m, n, i]` and `[m, o, i]` to `[m, n, o]`.

    `added` is a residual `[m, n, o]` or a bias `[m, 1, o]`.
    """
    apply = _Linear.apply if torch.is_grad_enabled() else _linear
    return apply(inputs, weight, added)


def _scale(inputs: Tensor, epsilon: float) -> Tensor:
    square = torch.linalg.vecdot(inputs, inputs).unsqueeze(-1)
    return torch.rsqrt(square / inputs.shape[-1] + epsilon)


class _RMSNorm(Function):
    @staticmethod
    def forward(ctx: Any, inputs: Tensor, weight: Tensor, epsilon: float) -> Tensor:
        scale = _scale(inputs, epsilon)
        normed = inputs * scale
        ctx.save_for_backward(normed, scale, weight)
        return normed * weight

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        normed, scale, weight = ctx.saved_tensors
        grad_weight = (grad * normed).sum(1, keepdim=True)
        grad = grad * weight
        along = torch.linalg.vecdot(grad, normed).unsqueeze(-1) / -grad.shape[-1]
        return grad.addcmul_(normed, along).mul_(scale), grad_weight, None


def rms_norm(inputs: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    """Return inputs / √(mean of squares + ε) · weight, over the width (arXiv:1910.07467)."""
    if torch.is_grad_enabled():
        return _RMSNorm.apply(inputs, weight, epsilon)
    return (inputs * _scale(inputs, epsilon)).mul_(weight)


def layer_norm(inputs: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    """Return the inputs with mean 0 and variance 1 over the width, · weight + bias."""
    return F.layer_norm(inputs, inputs.shape[-1:], eps=epsilon) * weight + bias


class _SwiGLU(Function):
    @staticmethod
    def forward(ctx: Any, gate_up: Tensor) -> Tensor:
        gate, up = gate_up.chunk(2, dim=-1)
        silu = F.silu(gate)
        ctx.save_for_backward(gate_up, silu)
        return silu * up

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        gate_up, silu = ctx.saved_tensors
        gate, up = gate_up.chunk(2, dim=-1)
        grads = torch.empty_like(gate_up)
        grad_gate, grad_up = grads.chunk(2, dim=-1)
        torch.mul(grad, silu, out=grad_up)
        torch.ops.aten.silu_backward.grad_input(grad * up, gate, grad_input=grad_gate)
        return grads


def swiglu(gate_up: Tensor) -> Tensor:
    """Return silu(gate) · up of stacked `[m, n, 2i]` projections (arXiv:2002.05202)."""
    if torch.is_grad_enabled():
        return _SwiGLU.apply(gate_up)
    gate, up = gate_up.chunk(2, dim=-1)
    return F.silu(gate).mul_(up)


def gelu(inputs: Tensor) -> Tensor:
    """Return GPT-2's approximation of x · Φ(x) by a tanh (arXiv:1606.08415)."""
    return F.gelu(inputs, approximate="tanh")
