"""Why a proposal is of so many units, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from cloud.retail.models import Proposal
from cloud.web.proposal_words import why_so_many

DEMAND = {"wanted": 12, "days": 3, "service": 0.95, "elsewhere": 0}


@pytest.mark.parametrize(
    ("why", "english", "chinese"),
    [
        ({"by": "demand"} | DEMAND, "at most 12 are wanted in the 3 days", "3 天内，需求不超过 12 件"),
        ({"by": "demand"} | DEMAND | {"elsewhere": 6}, "95%; the outlet's other coolers have 6", "其他冷柜有 6 件"),
        ({"by": "lanes"} | DEMAND, "fills the lanes: up to 12 are wanted", "补满货道"),
        ({"by": "lanes"}, "fills the lanes, as its demand is not known yet", "先补满货道"),
        ({"by": "case"}, "one case, as no planogram says how much fits", "按一箱补货"),
        (None, "one case, as no planogram says how much fits", "按一箱补货"),
    ],
)  # fmt: skip
def test_why_so_many(why: dict[str, Any] | None, english: str, chinese: str) -> None:
    proposal = Proposal(why=why, reason="stock-out; one case, as no planogram says how much fits")
    assert english in why_so_many(proposal, "en")
    assert chinese in why_so_many(proposal, "zh-Hans")
