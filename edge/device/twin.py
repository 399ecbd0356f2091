"""The config twin: takes settings wished for by the cloud, applies what can change while running, reports the rest."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from edge.device.identity import Identity
from edge.settings import EdgeSettings, ScheduleSettings, setting_names
from edge.uplink.store import Store
from facings.errors import MessageError
from facings.messages import ConfigDesired, ConfigReported

KEPT = "config"
SECTION = "schedule"


class ConfigTwin:
    """Changes the schedule while the daemon runs, also for the next start; `apply` is None without a live camera.

    A wish with any error changes nothing: half a wish is nobody's wish.
    """

    def __init__(
        self,
        identity: Identity,
        settings: EdgeSettings,
        store: Store,
        apply: Callable[[ScheduleSettings], None] | None,
        say: Callable[[ConfigReported], bool],
        log: logging.Logger,
    ) -> None:
        self._identity = identity
        self._schedule = settings.schedule
        self._store = store
        self._apply = apply
        self._say = say
        self._log = log
        self.revision = 0

    def start(self) -> None:
        """Go by the wish that was applied last, before the cloud is reached."""
        kept = json.loads(self._store.kept(KEPT) or "{}")
        if kept and self._apply is not None:
            try:
                self._take_over(kept["revision"], ScheduleSettings.model_validate(kept["schedule"]))
            except ValidationError as error:
                self._log.warning("the schedule kept from the cloud no longer fits: %s", error)

    def stop(self) -> None:
        """Nothing to end."""

    def on_desired(self, _topic: str, payload: bytes) -> None:
        """Take a wish from the broker and report what became of it."""
        try:
            desired = ConfigDesired.from_wire(payload)
        except MessageError as error:
            self._log.error("desired settings that cannot be read: %s", error)
            return
        self._say(self.report(desired))

    def report(self, desired: ConfigDesired) -> ConfigReported:
        """Apply the wish and say what became of it."""
        wished = _flat(desired.settings)
        errors = {key: problem for key in wished if (problem := self._problem(key))}
        if not errors:
            errors = self._change(desired.revision, wished)
        for key, problem in errors.items():
            self._log.warning("setting %s wished for by the cloud: %s", key, problem)
        return ConfigReported(
            **self._identity.envelope(),
            revision=desired.revision,
            settings={SECTION: self._schedule.model_dump(mode="json")},
            errors=errors,
            restart_needed=any(_is_setting(key) and not key.startswith(f"{SECTION}.") for key in wished),
        )

    def _problem(self, key: str) -> str:
        if not _is_setting(key):
            return "there is no such setting"
        if not key.startswith(f"{SECTION}."):
            return "can only be changed in the device's settings file, followed by a restart"
        if self._apply is None:
            return "this device replays photos and has no schedule"
        return ""

    def _change(self, revision: int, wished: Mapping[str, Any]) -> dict[str, str]:
        values = self._schedule.model_dump() | {key.partition(".")[2]: value for key, value in wished.items()}
        try:
            schedule = ScheduleSettings.model_validate(values)
        except ValidationError as error:
            return {f"{SECTION}.{item['loc'][0]}": item["msg"] for item in error.errors()}
        if wished:
            self._store.keep(KEPT, json.dumps({"revision": revision, "schedule": schedule.model_dump(mode="json")}))
        self._take_over(revision, schedule)
        return {}

    def _take_over(self, revision: int, schedule: ScheduleSettings) -> None:
        self.revision = revision
        if schedule != self._schedule and self._apply is not None:
            self._schedule = schedule
            self._apply(schedule)


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _is_setting(key: str) -> bool:
    return key in setting_names()
