"""A stored observation that cannot be read holds up no other, and is judged once it can be."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from cloud.analytics.compliance.table import judgement
from cloud.analytics.judging.models import SetAside
from cloud.analytics.judging.part import Judging
from cloud.analytics.judging.work import judge_photos
from cloud.audits.facts import observation
from cloud.cli import app
from cloud.settings import ENDPOINTS_FILE
from facings.messages import Observation
from tests.support.cloud import serving, wait_until
from tests.support.shelf import Shelf

BOTH = ["cooler-01", "cooler-02"]
FULL: dict[str | None, int] = {"cola-330": 4, "lemon-330": 2}


def judged(shelf: Shelf) -> list[tuple[str, datetime]]:
    one = judgement.c
    rows = shelf.services.facts.select("acme", select(one.cooler, one.captured_at).order_by(one.captured_at), judgement)
    return [(row.cooler, row.captured_at) for row in rows]


def aside(shelf: Shelf) -> list[SetAside]:
    return shelf.rows(SetAside)


def break_photos(shelf: Shelf, *, mend: bool = False) -> None:
    """Have the stored messages of cooler-01 name a schema of tomorrow, or the right one again."""
    spoken = Observation.SCHEMA.removeprefix("facings/")
    versions = ("observation/9", spoken) if mend else (spoken, "observation/9")
    shelf.services.facts.command(
        f"ALTER TABLE {observation.name} UPDATE document = replaceOne(document, '{versions[0]}', '{versions[1]}') "
        "WHERE cooler = 'cooler-01' SETTINGS mutations_sync = 1"
    )


@pytest.fixture
def broken(shelf: Shelf) -> Shelf:
    """A photo of each cooler, of which that of the first cannot be read."""
    shelf.send(shelf.row(0, FULL))
    break_photos(shelf)
    shelf.send(shelf.row(1, FULL), device="cooler-02")
    return shelf


def test_one_that_cannot_be_read_is_set_aside_with_its_reason(broken: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    judge_photos(broken.services, "acme", BOTH)
    assert [cooler for cooler, _ in judged(broken)] == ["cooler-02"]
    (one,) = aside(broken)
    assert (one.cooler_id, "schema is 'facings/observation/9'" in one.reason) == ("cooler-01", True)
    assert "facings cloud set-aside list" in caplog.text
    assert judge_photos(broken.services, "acme", BOTH) == 0, "it is not tried at every photo"


def test_a_late_photo_of_its_cooler_is_stored(broken: Shelf) -> None:
    (outcome,) = broken.send(broken.row(-3, FULL))
    assert outcome.counts["observation", "stored"] == 1
    assert judge_photos(broken.services, "acme", BOTH) == 3


def test_the_operator_sees_them_and_has_them_judged_again(broken: Shelf) -> None:
    judge_photos(broken.services, "acme", BOTH)
    break_photos(broken, mend=True)
    folder = broken.services.settings.data_dir
    with serving(broken.services) as client:
        (folder / ENDPOINTS_FILE).write_text(json.dumps({"http": str(client.base_url)}))

        def run(*words: str) -> Any:
            return CliRunner().invoke(app, ["set-aside", *words, "--tenant", "acme", "--data-dir", str(folder)])

        assert str(aside(broken)[0].observation_id) in run("list").stdout
        assert "0 observations" in run("again", "--cooler", "cooler-02").stdout
        assert "1 observations" in run("again").stdout
        assert "nothing is set aside" in run("list").stdout
    judge_photos(broken.services, "acme", BOTH)
    assert [cooler for cooler, _ in judged(broken)] == ["cooler-01", "cooler-02"]


def test_a_start_judges_them_again(broken: Shelf) -> None:
    judge_photos(broken.services, "acme", BOTH)
    break_photos(broken, mend=True)
    judging = Judging(broken.services)
    judging.start()
    try:
        wait_until(lambda: len(judged(broken)) == 2)
    finally:
        judging.stop()
    assert aside(broken) == []
