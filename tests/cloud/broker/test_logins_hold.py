"""What a login at the broker allows, tried against the real server by a hostile device and a hostile page."""

import json
import re
import socket

import pytest

from cloud.fleet.service import revoke_device
from cloud.identity.service import operator
from facings.logins import mqtt_username
from facings.messages import MAX_MESSAGE_BYTES
from facings.topics import UPWARD, DeviceTopics, KpiTopics
from tests.cloud.broker.conftest import SLOW_S, House, Peer
from tests.support.cloud import wait_until

A, B, X = DeviceTopics("acme", "a"), DeviceTopics("acme", "b"), DeviceTopics("other", "x")
INTERNAL = ("$MQTT/msgs/facings/1/acme/b/observation", "$MQTT/rmsgs/x", "$JS/API/STREAM/DELETE/$MQTT_msgs", "$SYS/x")


def test_a_device_says_what_is_its_own_to_say(house: House) -> None:
    with house.cloud() as cloud, house.device("acme", "a") as a:
        cloud.subscribe("facings/#")
        for topic in (*(f"{A.base}/{kind}" for kind in UPWARD), A.reply("snapshot")):
            a.publish(topic, topic.encode())
            cloud.receives(topic.encode())


@pytest.mark.parametrize("qos", [0, 1])
def test_a_device_cannot_speak_for_anyone_else(house: House, qos: int) -> None:
    foreign = (
        *(B.observation, B.state, B.reply("snapshot"), X.observation, X.state),
        *(A.ack, A.config_desired, A.command("update"), KpiTopics("acme").overview),
        *("facings/1/acme/a", "facings/1/acme/c/observation", "anything", *INTERNAL),
    )
    with house.cloud() as cloud, house.device("acme", "a") as a, house.device("acme", "b") as b:
        cloud.subscribe("#")
        b.subscribe(B.ack, B.config_desired, B.commands)
        for topic in foreign:
            a.publish(topic, b"forged", qos, retain=qos == 1)
        a.publish(A.event, b"last")
        cloud.receives(b"last")
        assert not [topic for topic, payload in (*cloud.got, *b.got) if payload == b"forged"]


def test_a_device_hears_what_is_said_to_it_and_nothing_else(house: House) -> None:
    foreign = (
        *(B.ack, B.commands, B.config_desired, B.observation, X.ack, A.observation, f"{A.base}/#", f"{A.base}/+"),
        *("#", "+/#", "facings/#", "facings/1/acme/+/ack", "facings/1/acme/*/ack", "facings/1/acme/>"),
        *("facings/1/acme/kpi/#", "$MQTT/#", "$MQTT/msgs/#", "$MQTT/rmsgs/#", "$JS/#", "$SYS/#", "_INBOX/#"),
    )
    with house.cloud() as cloud, house.device("acme", "a") as a:
        assert a.subscribe(A.ack, A.config_desired, A.commands) == [True] * 3
        for qos in (0, 1):
            assert a.subscribe(*foreign, qos=qos) == [False] * len(foreign)
        for topic in (B.ack, B.command("snapshot"), KpiTopics("acme").overview, A.observation):
            cloud.publish(topic, b"not for a")
        cloud.publish(A.ack, b"for a")
        a.receives(b"for a")
        assert [payload for _, payload in a.got] == [b"for a"]


def test_a_session_taken_over_by_its_client_id_gives_nothing_away(house: House) -> None:
    with house.device("acme", "b", client_id="b-session", clean=False) as b:
        b.subscribe(B.ack)
    with house.cloud() as cloud:
        cloud.publish(B.ack, b"for b alone")
        with house.device("acme", "a", client_id="b-session", clean=False) as thief:
            thief.subscribe(A.ack)
            cloud.publish(B.ack, b"for b alone")
            cloud.publish(A.ack, b"for a")
            thief.receives(b"for a")
            assert [payload for _, payload in thief.got] == [b"for a"]


def test_a_will_cannot_speak_for_another(house: House) -> None:
    with house.cloud() as cloud:
        cloud.subscribe("facings/1/acme/+/state")
        for topic, will in ((B.state, b"forged"), (A.state, b"my own")):
            with house.device("acme", "a", will=(topic, will, 1, False)) as a:
                a.mqtt.socket().close()  # type: ignore[union-attr]
                a.mqtt.loop_stop()
        cloud.receives(b"my own")
        assert b"forged" not in [payload for _, payload in cloud.got]


def test_a_page_reads_its_tenants_numbers_and_nothing_else(house: House) -> None:
    own, foreign = KpiTopics("acme"), KpiTopics("other")
    with house.cloud() as cloud, house.page("acme") as page:
        cloud.subscribe("#")
        cloud.publish(own.overview, b"retained", retain=True)
        cloud.publish(foreign.overview, b"another's", retain=True)
        cloud.receives(b"another's")
        refused = (f"{foreign.base}/#", "facings/1/+/kpi/#", A.ack, A.observation, "#", "$MQTT/#", "$JS/#")
        assert page.subscribe(f"{own.base}/#", *refused) == [True] + [False] * len(refused)
        page.receives(b"retained")
        for qos in (0, 1):
            for topic in (own.overview, f"{own.base}/x", A.observation, A.ack, "anything", *INTERNAL):
                page.publish(topic, b"forged", qos, retain=True)
        cloud.publish(own.stockouts, b"last")
        page.receives(b"last")
        assert b"forged" not in [payload for _, payload in (*cloud.got, *page.got)]


@pytest.mark.parametrize(
    ("username", "password"),
    [("acme/a", "wrong"), ("acme/nobody", "x"), ("facings-cloud", ""), ("page/acme", "x"), ("", "")],
)
def test_a_wrong_password_is_refused(house: House, username: str, password: str) -> None:
    with Peer(house.port, username, password) as stranger:
        assert not stranger.admitted


def test_the_brokers_own_protocol_admits_nobody(house: House) -> None:
    listening = re.findall(r"client connections on 127.0.0.1:(\d+)", house.broker.place.log_file.read_text())
    for user, password in ((mqtt_username("acme", "a"), house.keys["acme", "a"]), ("facings-cloud", "the cloud's own")):
        with socket.create_connection(("127.0.0.1", int(listening[-1])), timeout=SLOW_S) as connection:
            hello = {"user": user, "pass": password, "verbose": False, "pedantic": False}
            connection.sendall(f"CONNECT {json.dumps(hello)}\r\nPING\r\n".encode())
            answer = b""
            while chunk := connection.recv(4096):
                answer += chunk
        assert b"Authorization Violation" in answer
        assert b"PONG" not in answer


def test_a_message_of_10_mb_is_refused_and_harms_nobody(house: House) -> None:
    with house.cloud() as cloud, house.device("acme", "b") as b:
        cloud.subscribe(B.observation, A.observation)
        with house.device("acme", "a") as a:
            a.publish(A.observation, b"x" * 10_000_000, qos=0)
            wait_until(lambda: a.lost, SLOW_S, "the broker closes the connection")
        b.publish(B.observation, b"y" * MAX_MESSAGE_BYTES)
        cloud.receives(b"y" * MAX_MESSAGE_BYTES)
        assert len(cloud.got) == 1
        assert (b.lost, cloud.lost) == (0, 0)


def test_devices_come_and_go_without_disturbing_the_others(house: House) -> None:
    with house.device("acme", "b") as b, house.page("acme") as page, house.cloud() as cloud:
        house.add("acme", "new")  # the watch sees it, as one added by the command line
        with house.device("acme", "new") as new:
            wait_until(lambda: new.admitted, SLOW_S, "the new device is admitted")
            with house.records.session("acme") as session:
                revoke_device(session, operator("acme"), "new")
            house.broker.refresh()
            wait_until(lambda: new.lost and not new.admitted, SLOW_S, "the revoked device is sent away")
        assert (b.lost, page.lost, cloud.lost) == (0, 0, 0)
        assert {len(peer.connects) for peer in (b, page, cloud)} == {1}
