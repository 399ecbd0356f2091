"""How a device, a page and the cloud introduce themselves to the MQTT broker."""

from __future__ import annotations

import hashlib


def mqtt_username(tenant: str, device: str) -> str:
    """User name of a device at the broker; its key is the password.

    Example:
        >>> mqtt_username("acme", "cooler-01")
        'acme/cooler-01'
    """
    return f"{tenant}/{device}"


def mqtt_client_id(tenant: str, device: str, key: str) -> str:
    """Client id of a device: nobody without its key can guess it, and so cannot push it off the broker.

    A broker ends the connection that stands when another comes with the same client id.

    Example:
        >>> mqtt_client_id("acme", "cooler-01", "fdk_secret")
        'acme-cooler-01-b29430dcb88d'
    """
    return f"{tenant}-{device}-{hashlib.sha256(f'mqtt client id {key}'.encode()).hexdigest()[:12]}"


def page_username(tenant: str) -> str:
    """User name of a tenant's signed-in pages, which may read its KPI topics and nothing else.

    Example:
        >>> page_username("acme")
        'page/acme'
    """
    return f"page/{tenant}"
