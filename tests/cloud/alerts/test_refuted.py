"""Stock-outs that the next photo refutes: where the absence is doubtful it is waited for, else all are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloud.alerts.models import Alert, AlertDelivery
from cloud.alerts.told import alert_list
from cloud.web.alert_view import alerts_view
from tests.cloud.alerts.conftest import FULL, Watched
from tests.support.messages import NOON
from tests.support.receivers import Mailbox, WebhookReceiver

COLA = "cooler-01/cola-330"
DOUBTFUL, LIKELY, SURE = 0.28, 0.32, 0.9
"""How sure a photo without cola is of itself; the absence is then 0.63, 0.91 and over 0.99 likely."""
COLA_ALONE: dict[str | None, int] = {"cola-330": 2}
"""The lemons have not come back either, so nobody filled up the cooler: the cola was there and overlooked."""


def photo(watched: Watched, counts: dict[str | None, int], confidence: float = SURE) -> None:
    watched.pass_time(minutes=30)
    hours = (watched.clock.now() - NOON) / timedelta(hours=1)
    watched.shelf.send(watched.shelf.photo(hours, counts, confidence=confidence), at=watched.clock.now())


def cola(watched: Watched) -> list[str]:
    """The state of its alert, after a look."""
    return [state for state, _, key in watched.look() if key == COLA]


@pytest.mark.parametrize(
    ("photos", "states"),
    [
        pytest.param([SURE], ["open"], id="sure: at once"),
        pytest.param([LIKELY], ["open"], id="likely: at once"),
        pytest.param([DOUBTFUL], ["waiting"], id="doubtful: not yet"),
        pytest.param([DOUBTFUL, DOUBTFUL], ["waiting", "open"], id="until a second photo says so too"),
        pytest.param([DOUBTFUL, SURE], ["waiting", "open"], id="or is sure"),
    ],
)
def test_who_is_told_when(watched: Watched, photos: list[float], states: list[str]) -> None:
    watched.rule()
    photo(watched, FULL)
    found = []
    for confidence in photos:
        photo(watched, {}, confidence)
        found += cola(watched)
    assert found == states


def test_of_a_doubtful_one_that_is_refuted_nobody_hears(watched: Watched) -> None:
    watched.rule(brands=["cola"], destinations=[watched.destination("email", "ann@acme.example").id])
    photo(watched, FULL)
    photo(watched, {}, DOUBTFUL)
    assert cola(watched) == ["waiting"]
    photo(watched, COLA_ALONE)
    assert cola(watched) == []
    assert watched.rows(Alert) == watched.rows(AlertDelivery) == []


def refuted(watched: Watched, **fields: object) -> Alert:
    """The alert that one photo opened and the next refutes."""
    watched.rule(brands=["cola"], **fields)
    photo(watched, FULL)
    photo(watched, {}, LIKELY)
    assert cola(watched) == ["open"]
    watched.sender.send_due()
    photo(watched, COLA_ALONE)
    assert cola(watched) == []
    (alert,) = watched.rows(Alert)
    return alert


def test_an_alert_ends_with_the_photo_that_refutes_it_and_escalates_no_more(watched: Watched) -> None:
    boss = watched.destination("email", "boss@acme.example").id
    alert = refuted(watched, escalate_minutes=60, escalate_to=[boss])
    assert (alert.state, alert.refuted_at) == ("resolved", watched.clock.now())
    watched.pass_time(hours=2)
    watched.look()
    assert watched.waiting() == []
    with watched.services.records.session("acme", write=False) as session:
        assert alert_list(session, watched.clock.now()).total == 0
        (row,) = alerts_view(session, watched.me, "en").over
    assert row.refuted.startswith("refuted by the photo of ")


def test_what_came_back_is_not_refuted(watched: Watched) -> None:
    watched.rule(brands=["cola"])
    for counts in (FULL, {}, FULL):
        photo(watched, counts)
        watched.look()
    (alert,) = watched.rows(Alert)
    assert (alert.state, alert.refuted_at) == ("resolved", None)


def test_the_webhook_hears_that_there_was_none(watched: Watched) -> None:
    with WebhookReceiver() as receiver:
        refuted(watched, destinations=[watched.webhook(receiver)])
        watched.sender.send_due()
        opened, over = receiver.notices
    assert (opened.event, opened.alert.refuted_at) == ("opened", None)
    assert (over.event, over.alert.refuted_at) == ("resolved", watched.clock.now())


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("en", "There was none: Cola-330 is out of stock – Kiosk · Front", "refuted by the photo of "),
        ("zh-Hans", "误报：饮料缺货 – 小卖部 · Front", "的照片推翻"),
    ],
)
def test_and_so_does_the_mail(watched: Watched, language: str, subject: str, line: str) -> None:
    with Mailbox() as box:
        watched.send_mail_to(box)
        refuted(watched, destinations=[watched.destination("email", "ann@acme.example", language=language).id])
        watched.sender.send_due()
    assert box.mails[-1]["Subject"] == subject
    assert line in box.mails[-1].get_content()
