"""Commands from the cloud: looked up in a table, done one after another, and every one answered."""

from __future__ import annotations

import logging
import queue
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from edge.device.identity import Identity
from facings.errors import FacingsError, MessageError
from facings.messages import Command, CommandReply
from facings.worker import Worker, WorkingPart

REPLIES_KEPT = 64

Action = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Does what a command asks with its arguments and returns the detail of the reply; raises FacingsError where it
cannot.
"""


class Commands(WorkingPart):
    """Answers commands. One that the broker delivers twice is done once and answered twice with the same reply."""

    def __init__(
        self,
        identity: Identity,
        actions: Mapping[str, Action],
        reply: Callable[[str, CommandReply], bool],
        log: logging.Logger,
    ) -> None:
        super().__init__("commands", log)
        self._identity = identity
        self._actions = actions
        self._reply = reply
        self._waiting: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._replies: OrderedDict[uuid.UUID, CommandReply] = OrderedDict()

    def on_command(self, topic: str, payload: bytes) -> None:
        """Take a command from the broker; it is done on a thread of its own, for a camera can take its time."""
        self._waiting.put((topic.rsplit("/", 1)[-1], payload))
        self._worker.wake()

    def answer(self, name: str, command: Command) -> CommandReply:
        """Do what is asked and say how it went."""
        if command.id not in self._replies:
            self._replies[command.id] = self._do(name, command)
            while len(self._replies) > REPLIES_KEPT:
                self._replies.popitem(last=False)
        return self._replies[command.id]

    def _work(self, worker: Worker) -> None:
        while worker.wait():
            while not self._waiting.empty():
                name, payload = self._waiting.get()
                try:
                    command = Command.from_wire(payload)
                except MessageError as error:  # no id to answer to
                    self._log.error("command %r cannot be read: %s", name, error)
                    continue
                self._reply(name, self.answer(name, command))

    def _do(self, name: str, command: Command) -> CommandReply:
        self._log.info("command %s", name)
        action = self._actions.get(name)
        if action is None:
            known = ", ".join(sorted(self._actions))
            return self._failed(command, f"there is no command {name!r}; known are {known}")
        if command.expires_at is not None and command.expires_at < self._identity.clock.now():
            return self._failed(command, "the command came too late: it has expired")
        try:
            detail = action(command.arguments)
        except FacingsError as error:
            return self._failed(command, str(error))
        except Exception as error:
            self._log.exception("command %s failed", name)
            return self._failed(command, f"{type(error).__name__}: {error}")
        return CommandReply(**self._identity.envelope(), request=command.id, ok=True, detail=detail)

    def _failed(self, command: Command, error: str) -> CommandReply:
        return CommandReply(**self._identity.envelope(), request=command.id, ok=False, error=error)
