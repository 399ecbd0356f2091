"""Secrets that must be read again, sealed before they lie in the records: whoever has the database has them not.

AES-256-GCM (NIST SP 800-38D) under a key that HKDF-SHA256 (RFC 5869) derives from the installation's secret, another
one for each purpose. Whom a text belongs to is authenticated with it: copied to another owner's row it does not open.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from facings.errors import BadInputError

FORM = "a1."
"""Begins every sealed text: says how it was sealed."""
_KEY_BYTES, _NONCE_BYTES = 32, 12


class SealError(BadInputError):
    """A sealed text that this installation's secret does not open."""


class Seal:
    """Seals texts for one purpose.

    Example:
        >>> seal = Seal("the installation's secret", "example")
        >>> seal.opened(seal.sealed("whsec_...", "acme"), "acme")
        'whsec_...'
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._secret, self._purpose = secret, purpose

    def sealed(self, text: str, owner: str) -> str:
        """`text` for the records, in ASCII; another one each time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        closed = self._cipher().encrypt(nonce, text.encode(), owner.encode())
        return FORM + base64.urlsafe_b64encode(nonce + closed).decode()

    def opened(self, sealed: str, owner: str) -> str:
        """The text again.

        Raises:
            SealError: it was sealed with another secret, for another owner or purpose, or was changed.
        """
        try:
            raw = base64.b64decode(sealed.removeprefix(FORM), altchars=b"-_", validate=True)
            if not sealed.startswith(FORM):
                raise InvalidTag
            return self._cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise SealError(
                "what was sealed with this installation's secret does not open: set the secret it was sealed with "
                "(FACINGS_CLOUD_SECRET, or the folder `secrets`), or give it anew"
            ) from error

    def _cipher(self) -> AESGCM:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"facings: {self._purpose}".encode())
        return AESGCM(derived.derive(self._secret.encode()))
