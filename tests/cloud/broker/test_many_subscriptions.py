"""More devices than the broker would take by its own default: each holds three lasting subscriptions."""

from tests.cloud.broker.conftest import House

SESSIONS, EACH = 80, 14
"""More than the server's default of 1,000 in all; it grants a session no more than 65,535 / `max_ack_pending`."""


def test_a_thousand_lasting_subscriptions_and_more_are_granted(house: House) -> None:
    for session in range(SESSIONS):
        with house.cloud(f"many-{session}", clean=False) as one:
            assert all(one.subscribe(*(f"facings/1/acme/device-{session}-{number}/ack" for number in range(EACH))))
