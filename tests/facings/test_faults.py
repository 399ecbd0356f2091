"""What is wrong with an input is said with its place, and in few words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, model_validator

from facings.faults import described, faults


class Lane(BaseModel):
    sku: str
    units: int = 0


class Shelf(BaseModel):
    lanes: list[Lane]

    @model_validator(mode="after")
    def _something_stands_there(self) -> Shelf:
        if not self.lanes:
            raise ValueError("an empty shelf")
        return self


INTEGER = "Input should be a valid integer, unable to parse string as an integer"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"lanes": [{"sku": "a", "units": "x"}]}, f"lanes.0.units: {INTEGER}", id="within a list"),
        pytest.param({"lanes": []}, "the shelf: an empty shelf", id="a rule of ours, of the whole"),
        pytest.param([], "the shelf: Input should be a valid dictionary or instance of Shelf", id="none at all"),
        pytest.param(
            {"lanes": [{}] * 5},
            "lanes.0.sku: Field required; lanes.1.sku: Field required; lanes.2.sku: Field required; and 2 more",
            id="many",
        ),
    ],
)
def test_the_first_faults_are_told(given: Any, told: str) -> None:
    with pytest.raises(ValidationError) as found:
        Shelf.model_validate(given)
    assert described(found.value, "the shelf") == told


def test_what_is_wrong_with_the_whole_can_stand_alone() -> None:
    with pytest.raises(ValidationError) as found:
        Shelf.model_validate({"lanes": []})
    assert faults(found.value, whole="") == ["an empty shelf"]
