"""The settings file that a new device starts with."""

from __future__ import annotations

from cloud.catalog.galleries.service import public_key
from cloud.settings import CloudSettings

_TEMPLATE = """\
# Settings of one device, explained in docs/technician.md. The password opens MQTT and HTTP: keep it secret.
tenant = "{tenant}"
device = "{device}"
state_dir = "/var/lib/facings"

[broker]
url = "{mqtt_url}"
password = "{key}"

[cloud]
url = "{http_url}"

[gallery]
# Galleries of products are taken only when signed with this key.
key = "{gallery_key}"

[camera]
kind = "http"
url = "http://127.0.0.1:8000/snapshot.jpg"
"""


def device_config(settings: CloudSettings, tenant: str, device: str, key: str) -> str:
    """A settings file (TOML) for `facings edge run`; camera and folder are left for the technician to set."""
    return _TEMPLATE.format(
        tenant=tenant,
        device=device,
        key=key,
        mqtt_url=settings.mqtt_url,
        http_url=settings.http_url,
        gallery_key=public_key(settings, tenant),
    )
