"""Next-token losses from hidden states, without ever holding all logits."""

# mypy: disable-error-code="misc,no-untyped-call,no-untyped-def,no-any-return"

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

_LOGITS_AT_ONCE = {"cpu": 1 << 20, "cuda": 1 << 28}
"""Numbers; on a CPU what stays in a core's cache is computed on fastest."""


def tokens_at_once(members: int, vocabulary: int, device: str) -> int:
    """Return of how many tokens logits are held at once."""
    return max(1, _LOGITS_AT_ONCE.get(device, 1 << 28) // (members * vocabulary))


class _CrossEntropy(Function):
    """Loss and gradient in one pass: of a chunk of logits, nothing is kept."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, head: Tensor, targets: Tensor, scale: float) -> Tensor:
        members, tokens, _ = hidden.shape
        losses = torch.zeros(members, device=hidden.device)
        grad_hidden = torch.empty_like(hidden)
        grad_head = torch.zeros_like(head, dtype=torch.float32)
        size = tokens_at_once(members, head.shape[1], hidden.device.type)
        for start in range(0, tokens, size):
            chunk = slice(start, start + size)
            inputs = hidden[:, chunk]
            probabilities = torch.softmax(torch.bmm(inputs, head.transpose(1, 2)), dim=-1)
            found = probabilities.gather(2, targets[:, chunk, None])
            losses -= found.float().log().sum((1, 2))
            grad_hidden[:, chunk] = torch.bmm(probabilities, head)
            grad_head += torch.bmm(probabilities.transpose(1, 2), inputs)
        # The one that each target takes from its probability, added apart.
        at = (
            targets + head.shape[1] * torch.arange(members, device=head.device)[:, None]
        ).flatten()
        grad_hidden -= head.flatten(0, 1)[at].view_as(hidden)
        grad_head.flatten(0, 1).index_add_(0, at, hidden.flatten(0, 1).float(), alpha=-1)
        ctx.save_for_backward(grad_hidden, grad_head)
        ctx.scale, ctx.dtype = scale, head.dtype
        return losses * scale

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None, None]:
        grad_hidden, grad_head = ctx.saved_tensors
        grad = (grad * ctx.scale)[:, None, None]
        return grad_hidden * grad.to(ctx.dtype), (grad_head * grad).to(ctx.dtype), None, None


def cross_entropy(hidden: Tensor, head: Tensor, targets: Tensor, scale: float) -> Tensor:
    """Return each member's summed next-token loss · `scale`, in nats: `[m]`.

    Of hidden states `[m, n, w]`, output embeddings `[m, vocabulary, w]` and targets `[m, n]`.
    """
    return _CrossEntropy.apply(hidden, head, targets, scale)


def log_probabilities(
    hidden: Tensor, head: Tensor, nodes: Tensor, targets: Tensor, greedy: Tensor | None = None
) -> Tensor:
    """Return log p(target | node), in nats: `[m, n]`.

    Of hidden states `[m, tokens, w]`, of which `nodes` `[n]`, ascending, have `targets` `[n]`.
    Where `greedy` `[m, n]` is given, it is told whether each target is the likeliest token.
    """
    members, tokens, _ = hidden.shape
    vocabulary = head.shape[1]
    size = tokens_at_once(members, vocabulary, hidden.device.type)
    starts = range(0, tokens, size)
    cuts = torch.searchsorted(nodes, torch.tensor([*starts, tokens], device=nodes.device)).tolist()
    found = torch.empty(members, len(nodes), dtype=torch.float32, device=hidden.device)
    for start, first, last in zip(starts, cuts[:-1], cuts[1:], strict=True):
        logits = torch.bmm(hidden[:, start : start + size], head.transpose(1, 2)).float()
        at = (nodes[first:last] - start) * vocabulary + targets[first:last]
        found[:, first:last] = torch.log_softmax(logits, dim=-1).flatten(1)[:, at]
        if greedy is not None:
            likeliest = logits.argmax(dim=-1)[:, nodes[first:last] - start]
            greedy[:, first:last] = likeliest == targets[first:last]
    return found
