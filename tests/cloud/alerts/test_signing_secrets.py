"""Signing secrets lie sealed in the records, also those of an installation that kept them in plain text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, text

from cloud.alerts.models import AlertDelivery, AlertDestination
from cloud.alerts.schemas import DestinationBody
from cloud.alerts.service import change_destination
from cloud.alerts.signing_secrets import SigningSecrets
from cloud.alerts.webhook import new_secret
from cloud.migrations import alembic_config, migrate
from facings.errors import BadInputError, SettingsError
from tests.cloud.alerts.conftest import Watched
from tests.cloud.alerts.test_sending import all_out
from tests.support.receivers import WebhookReceiver

HOOK = "https://hooks.example.com/"
SECRET = "an installation's secret, long enough"


def test_the_records_hold_no_secret_that_can_be_read(watched: Watched) -> None:
    made = watched.new_destination("webhook", HOOK)
    with watched.services.records.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM alert_destination")).all()
    assert made.secret not in str(rows)
    assert SigningSecrets(watched.services.secret).opened(made.place.sealed_secret, "acme") == made.secret


@pytest.mark.parametrize("kept", [True, False], ids=["keeps its own", "is given another"])
def test_a_changed_webhook(watched: Watched, kept: bool) -> None:
    made, other = watched.new_destination("webhook", HOOK), new_secret()
    body = DestinationBody(name="hook", kind="webhook", address=HOOK, secret="" if kept else other)
    with watched.services.records.session("acme") as session:
        changed = change_destination(session, watched.me, made.place.id, body, watched.services)
    opened = SigningSecrets(watched.services.secret).opened(changed.sealed_secret, "acme")
    assert opened == (made.secret if kept else other)


def test_an_address_that_becomes_a_webhook_needs_a_secret_as_none_would_be_told(watched: Watched) -> None:
    mail = watched.destination("email", "ann@acme.example")
    body = DestinationBody(name="hook", kind="webhook", address=HOOK)
    with watched.services.records.session("acme") as session, pytest.raises(BadInputError, match="new destination"):
        change_destination(session, watched.me, mail.id, body, watched.services)


def test_with_another_installation_secret_nothing_is_sent_and_the_reason_is_kept(watched: Watched) -> None:
    with WebhookReceiver() as receiver:
        place = watched.webhook(receiver)
        with watched.services.records.session("acme") as session:
            row = session.get(AlertDestination, place)
            assert row
            row.sealed_secret = SigningSecrets("another one").sealed(new_secret(), "acme")
        watched.rule(destinations=[place])
        all_out(watched)
        watched.sender.send_due()
        assert receiver.tried == 0
    told = [row.last_error for row in watched.rows(AlertDelivery) if row.destination_id]
    assert all("set the secret it was sealed with" in one for one in told)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Engine]:
    """Records of a version that kept secrets in plain text, with a webhook and an e-mail address."""
    url = f"sqlite:///{tmp_path / 'records.db'}"
    command.upgrade(alembic_config(url), "7d3b9e51a0c4")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO tenant (id, name, created_at) VALUES ('acme', 'Acme', '2026-01-01')"))
        for number, (kind, secret) in enumerate((("webhook", "whsec_plain"), ("email", ""))):
            connection.execute(
                text(
                    "INSERT INTO alert_destination (id, tenant_id, name, kind, address, secret, language, regions,"
                    " outlet_classes, enabled) VALUES (:id, 'acme', 'x', :kind, 'x', :secret, 'en', '[]', '[]', 1)"
                ),
                {"id": number, "kind": kind, "secret": secret},
            )
    yield engine
    engine.dispose()


def test_secrets_of_before_are_sealed_and_leave_no_trace(plain: Engine, tmp_path: Path) -> None:
    url = str(plain.url)
    migrate(url, SECRET)
    with plain.connect() as connection:
        webhook, mail = connection.scalars(text("SELECT sealed_secret FROM alert_destination ORDER BY id")).all()
    assert (SigningSecrets(SECRET).opened(webhook, "acme"), mail) == ("whsec_plain", "")
    assert b"whsec_plain" not in (tmp_path / "records.db").read_bytes()
    command.downgrade(alembic_config(url, SECRET), "7d3b9e51a0c4")
    with plain.connect() as connection:
        assert connection.scalar(text("SELECT secret FROM alert_destination")) == "whsec_plain"


def test_without_the_secret_they_are_left_as_they_are(plain: Engine) -> None:
    with pytest.raises(SettingsError, match="facings cloud migrate"):
        migrate(str(plain.url))
    with plain.connect() as connection:
        assert connection.scalar(text("SELECT secret FROM alert_destination")) == "whsec_plain"
