"""What leaves the house: signed webhooks, mails, and what happens when nobody is there to take them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cloud.alerts import sending
from cloud.alerts.addresses import WebhookAddress, WebhookAddressError, checked_url, resolved
from cloud.alerts.models import Alert, AlertDelivery, AlertDestination
from cloud.alerts.sending import AT_ONCE, pause_s
from cloud.alerts.webhook import key_of, new_secret, signed_headers
from facings.errors import BadInputError
from tests.cloud.alerts.conftest import EMPTY, FULL, Watched
from tests.support.receivers import Mailbox, WebhookReceiver


def all_out(watched: Watched) -> None:
    """Two stock-outs, seen."""
    watched.photo(FULL)
    watched.pass_time(minutes=30)
    watched.photo(EMPTY)
    watched.look()


def test_webhooks_are_signed_and_come_in_order(watched: Watched) -> None:
    with WebhookReceiver() as receiver:
        watched.rule(destinations=[watched.webhook(receiver)])
        all_out(watched)
        watched.sender.send_due()
        assert receiver.told() == [("opened", "stock-out")] * 2
        assert len(set(receiver.ids)) == 2
        watched.photo(FULL)
        watched.look()
        watched.sender.send_due()
        assert receiver.told()[2:] == [("resolved", "stock-out")] * 2
        assert {notice.alert.state for notice in receiver.notices[2:]} == {"resolved"}
        watched.sender.send_due()
        assert receiver.tried == 4, "what arrived is not sent again"


def test_a_receiver_that_is_down_gets_it_later_and_holds_up_nobody(watched: Watched) -> None:
    with WebhookReceiver(status=503) as down, WebhookReceiver() as well:
        watched.rule(destinations=[watched.webhook(each) for each in (down, well)])
        all_out(watched)
        watched.sender.send_due()
        assert (down.tried, len(well.notices)) == (1, 2), "after one failure the others of that place wait too"
        watched.photo(FULL)
        watched.look()
        watched.sender.send_due()
        assert [event for event, _ in well.told()[2:]] == ["resolved", "resolved"]
        assert down.tried == 1, "it is over, but nobody must hear that before hearing that it began"
        down.status = 200
        for _ in range(2):
            watched.pass_time(seconds=20)
            watched.sender.send_due()
        assert sorted(event for event, _ in down.told()) == ["opened", "opened", "resolved", "resolved"]
        assert [event for event, _ in down.told()][:2] == ["opened", "opened"]
        assert watched.waiting() == []


@pytest.mark.parametrize(("kind", "address"), [("webhook", "http://127.0.0.1/\a"), ("email", "ann@[.example")])
def test_a_destination_that_cannot_be_written_to_holds_up_nobody(watched: Watched, kind: str, address: str) -> None:
    with WebhookReceiver() as well:
        alerts = watched.services.settings.alerts.model_copy(update={"smtp_host": "127.0.0.1"})
        watched.services.settings = watched.services.settings.model_copy(update={"alerts": alerts})
        bad = watched.destination(kind, "http://127.0.0.1/" if kind == "webhook" else "ann@acme.example")
        watched.rule(destinations=[bad.id, watched.webhook(well)])
        with watched.services.records.session("acme") as session:
            session.get_one(AlertDestination, bad.id).address = address
        all_out(watched)
        watched.sender.send_due()
        assert well.told() == [("opened", "stock-out")] * 2
    errors = {row.last_error for row in watched.rows(AlertDelivery) if row.destination_id == bad.id}
    assert len(errors) == 1 and errors != {""}


def test_a_slow_receiver_gets_the_rest_in_the_next_round(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST_TURN_S", 0.0)
    with WebhookReceiver() as slow:
        watched.rule(destinations=[watched.webhook(slow)])
        all_out(watched)
        watched.sender.send_due()
        assert len(slow.notices) == 1
        watched.sender.send_due()
        assert len(slow.notices) == 2


def test_after_a_day_it_is_given_up_and_the_reason_is_kept(watched: Watched) -> None:
    with WebhookReceiver(status=500) as down:
        watched.rule(destinations=[watched.webhook(down)])
        all_out(watched)
        watched.sender.send_due()
        watched.pass_time(hours=25)
        watched.sender.send_due()
    rows = [row for row in watched.rows(AlertDelivery) if row.destination_id]
    assert [row.last_error for row in rows] == ["answered 500"] * 2
    assert rows[0].given_up_at


def test_a_kill_between_sending_and_noting_sends_the_same_id_again(watched: Watched) -> None:
    with WebhookReceiver() as receiver:
        watched.rule(destinations=[watched.webhook(receiver)])
        all_out(watched)
        watched.sender.send_due()
        with watched.services.records.session("acme") as session:
            for row in watched.rows(AlertDelivery):
                again = session.get(AlertDelivery, row.id)
                assert again
                again.delivered_at = None
        watched.sender.send_due()
        assert receiver.ids[:2] == receiver.ids[2:]


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("en", "New alert: Cola-330 is out of stock – Kiosk · Front (+1)", "Lemon-330 is out of stock"),
        ("zh-Hans", "新告警：饮料缺货 – 小卖部 · Front (+1)", "饮料缺货"),
    ],
)
def test_one_mail_tells_all_that_is_due(watched: Watched, language: str, subject: str, line: str) -> None:
    with Mailbox() as box:
        watched.send_mail_to(box)
        place = watched.destination("email", "ann@acme.example", language=language)
        watched.rule(destinations=[place.id])
        all_out(watched)
        box.refuse = True
        watched.sender.send_due()
        assert box.mails == []
        box.refuse = False
        watched.pass_time(seconds=20)
        watched.sender.send_due()
    assert [(mail["To"], mail["Subject"]) for mail in box.mails] == [("ann@acme.example", subject)]
    text = box.mails[0].get_content()
    assert line in text
    assert "/alerts" in text
    assert box.mails[0]["Message-ID"].endswith("@facings.example>")


def test_without_a_mail_server_the_delivery_says_what_to_set(watched: Watched) -> None:
    place = watched.destination("email", "ann@acme.example")
    watched.rule(destinations=[place.id])
    all_out(watched)
    watched.sender.send_due()
    errors = {row.last_error for row in watched.rows(AlertDelivery) if row.destination_id}
    assert errors == {"alerts.smtp_host is not set: e-mail needs a server"}


def test_while_the_broker_is_away_the_topic_waits(watched: Watched) -> None:
    watched.rule()
    all_out(watched)
    assert watched.sender.send_due() == 2 < AT_ONCE
    assert {row.last_error for row in watched.rows(AlertDelivery)} == {"no connection to the broker"}
    assert all(row.delivered_at is None for row in watched.rows(AlertDelivery))
    assert len(watched.rows(Alert)) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://localhost/",
        "https://10.0.0.8:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[64:ff9b::a9fe:a9fe]/latest/meta-data",
        "https://[64:ff9b:1::a9fe:a9fe]/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[2002:7f00:1::]/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "https://user:pass@example.com/",
        "https://example.com/#x",
        "https://example.com/ x",
        "https://example.com:99999/",
        "https:///nowhere",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
def test_hostile_urls_are_refused(url: str) -> None:
    with pytest.raises(WebhookAddressError):
        resolved(url, allow_private=False)


def test_an_operator_may_allow_the_own_network() -> None:
    assert resolved("http://localhost:8080/a?b=1", allow_private=True).url.endswith(":8080/a?b=1")
    assert checked_url("https://hooks.example.com/a", allow_private=False) == ("https", "hooks.example.com", 443, "/a")


@pytest.mark.parametrize(
    ("host", "asked_for"),
    [("bücher.example", "xn--bcher-kva.example:443"), ("[2001:db8::1]", "[2001:db8::1]:443")],
)
def test_the_host_is_asked_for_as_headers_know_it(host: str, asked_for: str) -> None:
    scheme, name, port, path = checked_url(f"https://{host}/a", allow_private=True)
    assert WebhookAddress(scheme, name, port, path, "192.0.2.1").host_header == asked_for


def test_the_signature_is_that_of_the_standard() -> None:
    # The example of github.com/standard-webhooks, which every of its libraries is tested with.
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = signed_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_***", "sk_live_" + "a" * 40])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    assert len(key_of(new_secret())) == 32
    with pytest.raises(BadInputError, match="whsec_"):
        key_of(secret)


def test_pauses_grow_up_to_an_hour() -> None:
    pauses = [pause_s(attempt) for attempt in range(1, 12)]
    assert 4 <= pauses[0] <= 6
    assert 12 <= pauses[1] <= 18
    assert max(pauses) <= 4320
    assert pauses[-1] >= 2880
