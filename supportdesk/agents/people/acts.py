"""What an admin can do about a colleague, in the words of the page that asks whether they mean it.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Act:
    asks: str  # The heading of the page; what it is about follows.
    button: str
    means: Sequence[str]


OF_GONE = {"activate"}  # What can be done about somebody deactivated; all else is about who is here.
ACTS: Mapping[str, Act] = {
    "role": Act(
        "Change the role of",
        "Change role",
        ("They can do what the new role may from their next click on.",),
    ),
    "password": Act(
        "New one-time password for",
        "Make a new password",
        (
            "Their password stops working, and they are signed out everywhere.",
            "You are shown a one-time password, once. Give it to them in person or by phone.",
        ),
    ),
    "codes": Act(
        "Reset the second step of",
        "Reset the second step",
        (
            "Their phone and their recovery codes open nothing any more. They set up a phone when they sign in.",
            "Their password stops working too, and they are signed out everywhere.",
            "You are shown a one-time password, once. Give it to them in person or by phone.",
        ),
    ),
    "sign-ins": Act(
        "End all sign-ins of",
        "End them all",
        ("They are signed out everywhere, and can sign in again.", "A reply or note that they were writing is kept."),
    ),
    "deactivate": Act(
        "Deactivate",
        "Deactivate",
        (
            "They are signed out now, and can’t sign in any more.",
            "What they wrote stays. What they had not sent is deleted.",
            "Requests assigned to them stay theirs, marked as deactivated, until somebody takes them.",
            "Afterwards this page hands those on, all at once.",
            "They stay on the lists of their teams, for when they come back.",
        ),
    ),
    "activate": Act(
        "Activate",
        "Activate",
        (
            "They can sign in again, in the role that they had. Change it first thing if it is another one now.",
            "They are in their teams again, and what is still assigned to them stands in “My requests”.",
            "You are shown a one-time password, once. Give it to them in person or by phone.",
            "Their phone and recovery codes work as before. If those are lost, reset the second step afterwards.",
        ),
    ),
}
