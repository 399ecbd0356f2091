"""Why a promotion cannot be studied, or not yet."""

from __future__ import annotations

from typing import Literal, get_args

from cloud.analytics.promo.panel import PanelError

Refusal = Literal["planned", "running", "no-sell-out", "no-controls", "moved-cooler", "short-history", "not-comparable"]
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)


class StudyRefusedError(PanelError):
    """A promotion of which nothing can be said, with a word for the reason."""

    def __init__(self, why: Refusal, message: str) -> None:
        super().__init__(message)
        self.why: Refusal = why
