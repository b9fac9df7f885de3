"""Where a request came from, as far as it may tell visitors apart: rather too few than too many.  Pure."""

import ipaddress

_HOUSEHOLD = 64  # Bits of an IPv6 address that a home or a phone keeps while the rest changes.


def network(address: str | None) -> str:
    """The address itself for IPv4, the household's network for IPv6; anything else as it is, such as a socket's."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, _HOUSEHOLD), strict=False))
    return str(ip)
