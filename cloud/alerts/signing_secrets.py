"""The signing secrets of webhooks: told once, and kept sealed."""

from __future__ import annotations

from cloud.sealing import Seal

PURPOSE = "signing secrets of webhooks"


class SigningSecrets:
    """Seals and opens what webhooks are signed with; `secret` is that of the installation."""

    def __init__(self, secret: str) -> None:
        self._seal = Seal(secret, PURPOSE)

    def sealed(self, signing: str, tenant: str) -> str:
        """For the records; nothing stays nothing."""
        return self._seal.sealed(signing, tenant) if signing else ""

    def opened(self, sealed: str, tenant: str) -> str:
        """What to sign with.

        Raises:
            SealError: the installation's secret is another one now.
        """
        return self._seal.opened(sealed, tenant) if sealed else ""
