"""Topics, ids and times: what is one and what is not."""

from __future__ import annotations

import pytest

from facings.errors import MessageError
from facings.ids import is_slug, uuid7
from facings.topics import DeviceTopics, KpiTopics, UpwardTopic, parse_upward

SLUGS = {
    "cooler-01": True,
    "a": True,
    "x" * 64: True,
    "x" * 65: False,
    "": False,
    "-a": False,
    "a-": False,
    "A": False,
    "a.b": False,
    "a/b": False,
    "a+": False,
    "#": False,
    "a b": False,
    "可乐": False,
    "a\n": False,
}


@pytest.mark.parametrize(("text", "expected"), SLUGS.items())
def test_ids_are_safe_as_topic_level_file_name_and_subject(text: str, expected: bool) -> None:
    assert is_slug(text) is expected


def test_uuid7_sorts_by_time_and_is_never_the_same() -> None:
    made = [uuid7() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in made)
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)


UPWARD = {
    "facings/1/acme/c1/observation": UpwardTopic("acme", "c1", "observation"),
    "facings/1/acme/c1/config/reported": UpwardTopic("acme", "c1", "config/reported"),
    "facings/1/acme/c1/cmd/snapshot/reply": UpwardTopic("acme", "c1", "cmd/snapshot/reply"),
}
NOT_UPWARD = (
    "facings/2/acme/c1/observation",
    "facings/1/acme/c1",
    "facings/1/acme/c1/ack",
    "facings/1/acme/c1/cmd/snapshot",
    "facings/1/Acme/c1/observation",
    "facings/1/acme//observation",
    "other",
)


@pytest.mark.parametrize(("topic", "parts"), UPWARD.items())
def test_upward_topics_are_taken_apart(topic: str, parts: UpwardTopic) -> None:
    assert parse_upward(topic) == parts


@pytest.mark.parametrize("topic", NOT_UPWARD)
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(MessageError, match="topic"):
        parse_upward(topic)


def test_commands_and_their_replies_do_not_share_a_filter() -> None:
    topics = DeviceTopics("acme", "c1")
    assert topics.commands.split("/")[-1] == "+"
    assert len(topics.reply("flush").split("/")) == len(topics.commands.split("/")) + 1


def test_kpi_topics_lie_below_the_tenant() -> None:
    assert KpiTopics("acme").cooler("c1") == "facings/1/acme/kpi/cooler/c1"
