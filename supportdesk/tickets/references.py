"""References such as NC-7HK4-92QX: made to be read out by phone; knowing one opens nothing.  Pure."""

import re
import secrets

_LEGIBLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # No 0/O, 1/I/L, U: safe to read aloud.
_SHAPE = re.compile(rf"NC-[{_LEGIBLE}]{{4}}-[{_LEGIBLE}]{{4}}")


def new_reference() -> str:
    """One of 6 * 10**11, at random: a patient learns nothing from theirs about anybody else's."""
    letters = "".join(secrets.choice(_LEGIBLE) for _ in range(8))
    return f"NC-{letters[:4]}-{letters[4:]}"


def read_reference(typed: str) -> str | None:
    """The reference in what somebody typed, whatever its spaces, dashes and case; None where there is none."""
    bare = re.sub(r"[^0-9A-Z]", "", typed.upper()).removeprefix("NC")
    reference = f"NC-{bare[:4]}-{bare[4:]}"
    return reference if _SHAPE.fullmatch(reference) else None
