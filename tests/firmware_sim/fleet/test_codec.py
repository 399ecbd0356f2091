import pytest

from facings.errors import MessageError
from firmware_sim.fleet import codec
from firmware_sim.fleet.codec import Decoder, Packet, SignIn

SIGN_IN = SignIn("acme-c1-0", "acme/c1", "secret", "facings/1/acme/c1/state", b"gone", keepalive_s=60)


@pytest.mark.parametrize(
    ("packet", "written"),
    [
        (codec.PING, "c000"),
        (codec.DISCONNECT, "e000"),
        (codec.puback(258), "40020102"),
        (codec.publish("a/b", b"hi", 10), "32090003" + "612f62" + "000a" + "6869"),
        (codec.publish("a/b", b"hi", 10, retain=True, again=True), "3b090003" + "612f62" + "000a" + "6869"),
        (codec.subscribe({"a/b": 0, "c/+": 1}, 2), "820e0002" + "0003612f6200" + "0003632f2b01"),
    ],
)
def test_packets_are_written_as_the_standard_says(packet: bytes, written: str) -> None:
    assert packet.hex() == written


def test_connect_carries_will_and_login() -> None:
    packet = codec.connect(SIGN_IN)
    assert packet[:12].hex() == "10" + f"{len(packet) - 2:02x}" + "00044d5154540" + "4ec003c"
    for text in (SIGN_IN.client_id, SIGN_IN.will_topic, "gone", SIGN_IN.username, SIGN_IN.password):
        assert len(text).to_bytes(2) + text.encode() in packet


@pytest.mark.parametrize(
    ("size", "step"),
    [(0, 1), (1, 1), (118, 1), (119, 1), (118, 7), (16_374, 1000), (16_375, 1000), (300_000, 1000), (300_000, 1 << 20)],
)
def test_packets_of_every_length_are_cut_wherever_the_bytes_break(size: int, step: int) -> None:
    stream = codec.publish("topic", bytes(size), 7) + codec.PING
    decoder, packets = Decoder(), []
    for first in range(0, len(stream), step):
        packets += list(decoder.feed(stream[first : first + step]))
    assert [packet.kind for packet in packets] == [Packet.PUBLISH, Packet.PINGREQ]
    assert packets[0].published() == ("topic", bytes(size), 7)


def test_quality_0_has_no_packet_id() -> None:
    (packet,) = Decoder().feed(bytes.fromhex("300700036162637879"))
    assert packet.published() == ("abc", b"xy", None)


def test_what_is_not_mqtt_is_refused() -> None:
    with pytest.raises(MessageError, match="not MQTT"):
        list(Decoder().feed(b"\x30\xff\xff\xff\xff\xff"))
    (short,) = Decoder().feed(bytes.fromhex("3202000a"))
    with pytest.raises(MessageError, match="ends before"):
        short.published()
