"""Which addresses webhooks may go to: none of our own network, or a rule would be a way into it.

The name is resolved once and that address is then connected to, so that a name cannot point elsewhere in between.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from facings.errors import BadInputError, UnavailableError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""NAT64 (RFC 6052): a gateway of our network passes these on to the IPv4 address in their last four bytes."""
TRANSLATED_HERE = ipaddress.IPv6Network("64:ff9b:1::/48")
"""The same for use within one network (RFC 8215), at whatever bytes that network likes."""


class WebhookAddressError(BadInputError):
    """A webhook must not go there."""


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """Where a webhook goes: `ip` is what its host's name resolved to."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str

    @property
    def url(self) -> str:
        """With the address in place of the name."""
        literal = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.scheme}://{literal}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """What the server is asked for."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def checked_url(url: str, *, allow_private: bool) -> tuple[str, str, int, str]:
    """Scheme, host in ASCII, port and path of a webhook's URL, unresolved.

    Raises:
        WebhookAddressError: it is no such URL, names a user, or an address of a private network.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode()  # headers and TLS know names in ASCII alone
    except ValueError as error:
        raise WebhookAddressError(f"{url!r} is no URL: {error}") from error
    if parts.scheme not in (("https", "http") if allow_private else ("https",)) or not host:
        raise WebhookAddressError("a webhook's URL begins with https:// and names a host")
    if parts.username or parts.password or parts.fragment or not url.isprintable() or " " in url:
        raise WebhookAddressError("a webhook's URL holds no user, no password, no fragment and no spaces")
    if not allow_private and _literal(host) and not _public(host):
        raise _private(host)
    return parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def resolved(url: str, *, allow_private: bool) -> WebhookAddress:
    """Where `url` leads now.

    Raises:
        WebhookAddressError: to a private network, and that is not allowed.
        UnavailableError: nowhere at present.
    """
    scheme, host, port, path = checked_url(url, allow_private=allow_private)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnavailableError(f"the name {host!r} cannot be resolved: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(map(_public, addresses)):
        raise _private(host)
    return WebhookAddress(scheme, host, port, path, addresses[0])


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _public(text: str) -> bool:
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and (inner := _inside(address)):
        address = inner
    return address.is_global and not address.is_multicast and address not in TRANSLATED_HERE


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to an IPv6 one end up at."""
    if address in TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _private(host: str) -> WebhookAddressError:
    return WebhookAddressError(
        f"{host} is an address of a private network; the operator can allow those: alerts.allow_private_webhooks"
    )
