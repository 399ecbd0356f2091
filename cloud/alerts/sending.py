"""Tells alerts: takes what is due from the outbox, sends it, and notes what became of it.

At least once: what was sent when a kill came before the note is sent again, with the same id. A destination that does
not answer is tried again after longer and longer pauses, and holds up no other.
"""

from __future__ import annotations

import logging
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Row, Select, and_, exists, select
from sqlalchemy.orm import Session, aliased

from cloud.alerts import mail, webhook
from cloud.alerts.addresses import WebhookAddressError
from cloud.alerts.models import Alert, AlertDelivery, AlertDestination
from cloud.alerts.signing_secrets import SigningSecrets
from cloud.alerts.told import summaries
from cloud.broker.link import BrokerLink
from cloud.rounds import Rounds
from cloud.services import Services
from cloud.web.alert_words import mail_lines, subject
from facings.errors import FacingsError
from facings.messages import AlertNotice
from facings.topics import KpiTopics

AT_ONCE = 200
POLL_S = 2.0
FIRST_PAUSE_S, LONGEST_PAUSE_S, FACTOR = 5.0, 3600.0, 3.0
GIVE_UP_AFTER = timedelta(hours=24)
MOST_IN_MAIL = 50
BROKER_WITHIN_S = 5.0
LONGEST_TURN_S = 30.0
"""A destination that takes its letters slowly gets the rest in the next round: the others wait for its turn to end."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way: what, and where to."""

    delivery: int
    tenant: str
    attempts: int
    notice: AlertNotice
    destination: AlertDestination | None

    @property
    def id(self) -> str:
        """The same for every attempt."""
        return f"{self.notice.alert.id}.{self.notice.event}"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a letter; without an error it arrived."""

    letter: Letter
    error: str = ""
    final: bool = False


class AlertSender(Rounds):
    """Empties the outbox, from what an earlier run left; `wake` it when there is something new."""

    name = "alert-sender"
    purpose = "send alerts"

    def __init__(self, services: Services, link: BrokerLink) -> None:
        super().__init__()
        self._services = services
        self._link = link
        self._secrets = SigningSecrets(services.secret)
        self._more = False

    def pause_s(self) -> float:
        """Two seconds; none where a round left letters behind."""
        return 0.0 if self._more else POLL_S

    def round(self) -> None:
        """Send what is due."""
        self._more = False
        self._more = self.send_due() == AT_ONCE

    def send_due(self) -> int:
        """Send what is due, each destination on its own; how many letters were tried or put off."""
        letters = self._due()
        by_place: dict[tuple[str, int], list[Letter]] = defaultdict(list)
        for letter in letters:
            by_place[letter.tenant, letter.destination.id if letter.destination else 0].append(letter)
        if by_place:
            with ThreadPoolExecutor(min(8, len(by_place)), thread_name_prefix="alert") as pool:
                for fates in pool.map(self._send_all, by_place.values()):
                    self._note(fates)
        return len(letters)

    def _due(self) -> list[Letter]:
        now = self._services.clock.now()
        with self._services.records.all_tenants(write=False) as session:
            rows = session.execute(_due_rows().where(AlertDelivery.due_at <= now).limit(AT_ONCE)).all()
            tenants = {delivery.tenant_id for delivery, _, _ in rows}
        letters: list[Letter] = []
        for tenant in sorted(tenants):
            with self._services.records.session(tenant, write=False) as session:
                letters += self._letters(session, [row for row in rows if row[0].tenant_id == tenant])
        return letters

    def _letters(self, session: Session, rows: Sequence[Row[AlertDelivery, Alert, AlertDestination]]) -> list[Letter]:
        told = summaries(session, [alert for _, alert, _ in rows])
        return [
            Letter(
                delivery.id,
                delivery.tenant_id,
                delivery.attempts,
                AlertNotice(event=delivery.event, at=delivery.made_at, alert=summary),
                destination,
            )
            for (delivery, _, destination), summary in zip(rows, told, strict=True)
        ]

    def _send_all(self, letters: Sequence[Letter]) -> list[Fate]:
        """Send the letters of one destination, until one fails: the others wait as long as that one.

        Letters for which its turn is too short have no fate yet: they stay due.
        """
        place = letters[0].destination
        if place is not None and place.kind == "email":
            parts = [letters[at : at + MOST_IN_MAIL] for at in range(0, len(letters), MOST_IN_MAIL)]
            return [fate for part in parts for fate in self._mail(part)]
        fates: list[Fate] = []
        began = time.monotonic()
        for letter in letters:
            if fates and fates[-1].error and not fates[-1].final:
                fates.append(Fate(letter, fates[-1].error))
            elif fates and time.monotonic() - began >= LONGEST_TURN_S:
                break
            else:
                fates.append(self._send(letter))
        return fates

    def _send(self, letter: Letter) -> Fate:
        try:
            self._deliver(letter)
        except WebhookAddressError as error:
            return Fate(letter, str(error), final=True)
        except FacingsError as error:
            return Fate(letter, str(error))
        except Exception as error:  # whatever is wrong with one destination holds up no other
            return _surprised([letter], error)[0]
        return Fate(letter)

    def _deliver(self, letter: Letter) -> None:
        body, place = letter.notice.to_wire(), letter.destination
        if place is None:
            topic = KpiTopics(letter.tenant).alert(letter.notice.alert.id)
            self._link.publish_and_wait(topic, body, BROKER_WITHIN_S)
            return
        now = self._services.clock.now()
        private = self._services.settings.alerts.allow_private_webhooks
        secret = self._secrets.opened(place.sealed_secret, letter.tenant)
        webhook.post(place.address, secret, letter.id, now, body, allow_private=private)

    def _mail(self, letters: Sequence[Letter]) -> list[Fate]:
        place, settings = letters[0].destination, self._services.settings
        assert place is not None
        notices = [letter.notice for letter in letters]
        try:
            made = mail.message(
                settings.alerts,
                place.address,
                subject(notices, place.language),
                mail_lines(notices, place.language, settings.http_url),
                [letter.id for letter in letters],
                self._services.clock.now(),
            )
            mail.send(settings.alerts, made)
        except FacingsError as error:
            return [Fate(letter, str(error)) for letter in letters]
        except Exception as error:  # as with webhooks
            return _surprised(letters, error)
        return [Fate(letter) for letter in letters]

    def _note(self, fates: Sequence[Fate]) -> None:
        now = self._services.clock.now()
        with self._services.records.session(fates[0].letter.tenant) as session:
            for fate in fates:
                row = session.get(AlertDelivery, fate.letter.delivery)
                if row is None:
                    continue
                row.attempts += 1
                row.last_error = fate.error[:300]
                if not fate.error:
                    row.delivered_at = now
                elif fate.final or now - row.made_at > GIVE_UP_AFTER:
                    row.given_up_at = now
                    log.warning("gave up telling alert %s: %s", fate.letter.id, fate.error)
                else:
                    row.due_at = now + timedelta(seconds=pause_s(row.attempts))


def _surprised(letters: Sequence[Letter], error: Exception) -> list[Fate]:
    log.error("cannot tell alert %s, trying again later", letters[0].id, exc_info=error)
    return [Fate(letter, f"{type(error).__name__}: {error}") for letter in letters]


def pause_s(attempts: int) -> float:
    """Seconds until the next try, after so many: each pause thrice the last, up to an hour, scattered by a fifth."""
    pause = min(FIRST_PAUSE_S * FACTOR ** (attempts - 1), LONGEST_PAUSE_S)
    return pause * random.uniform(0.8, 1.2)


def _due_rows() -> Select[AlertDelivery, Alert, AlertDestination]:
    """What waits, oldest first; of one alert and destination only the first: 'over' must not come before 'new'."""
    earlier = aliased(AlertDelivery)
    before = exists().where(
        and_(
            earlier.alert_id == AlertDelivery.alert_id,
            earlier.destination_id.is_not_distinct_from(AlertDelivery.destination_id),
            earlier.id < AlertDelivery.id,
            earlier.delivered_at.is_(None),
            earlier.given_up_at.is_(None),
        )
    )
    return (
        select(AlertDelivery, Alert, AlertDestination)
        .join(Alert, Alert.id == AlertDelivery.alert_id)
        .outerjoin(AlertDestination, AlertDestination.id == AlertDelivery.destination_id)
        .where(AlertDelivery.delivered_at.is_(None), AlertDelivery.given_up_at.is_(None), ~before)
        .order_by(AlertDelivery.id)
    )
