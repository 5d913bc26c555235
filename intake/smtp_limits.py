"""What strangers may use of the SMTP edge, who counts as one stranger, and what has been counted."""

import collections
import ipaddress
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SmtpLimits:
    """What one client, and all together, may use. Times are seconds; RFC 5321 section 4.5.3 gives the least of most."""

    message_bytes: int = 25 << 20
    recipients: int = 200
    connections: int = 400
    connections_per_peer: int = 100
    idle: float = 300.0
    data_read: float = 180.0
    data_total: float = 900.0
    errors: int = 100
    commands_between_letters: int = 1000
    waiting_letters: int = 1000
    held_bytes: int = 256 << 20
    hops: int = 100


@dataclass(slots=True)
class SmtpCounters:
    """What the edge has done since it started; `refused` counts replies by their code."""

    connections: int = 0
    turned_away: int = 0
    accepted: int = 0
    accepted_bytes: int = 0
    refused: collections.Counter[str] = field(default_factory=collections.Counter)


def crowd(peer: str) -> str:
    """Return what counts as one stranger: an IPv4 address, or the /64 that one holder of IPv6 addresses has."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    # A socket that listens for both kinds shows IPv4 clients as ::ffff:192.0.2.7, all of them in one /64.
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
