"""The network: convolutions that look down a tag's whole height, and along its columns."""

from __future__ import annotations

from torch import Tensor, nn

from edge.vision.prices import CHARACTERS

ANSWERS = 1 + len(CHARACTERS)
"""Of a column: nothing, or a character."""
STRIDE = 4
"""Pixels of a column."""


def _seen(inside: int, outside: int, stride: tuple[int, int] | int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True)
    )


class PriceReader(nn.Module):  # type: ignore[misc]  # torch has no types here
    """(B, 3, 64, W) to logits (B, W / `STRIDE`, answers).

    Height shrinks to one, width to a quarter: the cents of an electronic tag, each a thirtieth of its width, still have
    a column.
    """

    def __init__(self, channels: int = 16) -> None:
        super().__init__()
        c = channels
        self.look = nn.Sequential(
            _seen(3, c, 2),
            _seen(c, 2 * c),
            _seen(2 * c, 2 * c, 2),
            _seen(2 * c, 3 * c),
            _seen(3 * c, 3 * c, (2, 1)),
            _seen(3 * c, 5 * c),
            _seen(5 * c, 5 * c, (2, 1)),
            nn.Conv2d(5 * c, 8 * c, (4, 1), bias=False),
            nn.BatchNorm2d(8 * c),
            nn.ReLU(inplace=True),
        )
        self.along = nn.Sequential(
            nn.Conv1d(8 * c, 8 * c, 5, padding=2, bias=False),
            nn.BatchNorm1d(8 * c),
            nn.ReLU(inplace=True),
            nn.Conv1d(8 * c, 8 * c, 5, padding=4, dilation=2, bias=False),
            nn.BatchNorm1d(8 * c),
            nn.ReLU(inplace=True),
            nn.Conv1d(8 * c, ANSWERS, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits of normalised pictures."""
        return self.along(self.look(x).squeeze(2)).transpose(1, 2)
