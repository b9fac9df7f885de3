"""Telling visitors apart for a day, roughly, and rather too few than too many.  Pure."""

import ipaddress

_HOUSEHOLD = 64  # Bits of an IPv6 address that a home or a phone keeps while the rest changes.


def visitor(address: str | None, browser: str) -> str:
    """What is hashed, with a key that lives for a day, and never kept."""
    return f"{_network(address or '')}\n{browser}"


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # A socket of the proxy’s, or nothing.
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, _HOUSEHOLD), strict=False))
    return str(ip)
