"""Telling visitors apart for a day, roughly, and rather too few than too many.  Pure."""

from supportdesk.addresses import network


def visitor(address: str | None, browser: str) -> str:
    """What is hashed, with a key that lives for a day, and never kept."""
    return f"{network(address)}\n{browser}"
