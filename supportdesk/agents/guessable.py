"""Whether a password is one of those that are tried first: common ones, and words about the desk and the agent.

docs/agents.md says which words these are.
"""

import re
import string
from collections.abc import Iterable
from threading import Lock

EASY = 9  # Powers of ten: what is found within so many guesses is refused.
ABOUT_THE_DESK = ("supportdesk", "support desk", "help desk", "helpdesk", "navigating care", "navigatingcare", "agent")
_APART = re.compile(rf"[\s{re.escape(string.punctuation)}]+")
_READ = 72  # Characters; nobody is asked for more, and the work grows with their square.
_one_at_a_time = Lock()  # The library keeps the words it is given in one place for all threads.


def is_easily_guessed(password: str, about: Iterable[str]) -> bool:
    """`about` is text about the agent and the desk: each word of it counts as one that is tried at once."""
    from zxcvbn import zxcvbn  # noqa: PLC0415  Fourteen megabytes, for something done once in a year.

    words = {word for text in (*ABOUT_THE_DESK, *about) for word in (text.lower(), *_APART.split(text.lower())) if word}
    spellings = {password[:_READ], _APART.sub("", password)[:_READ]} - {""}  # “dana.kim.desk” is danakimdesk.
    with _one_at_a_time:
        return any(zxcvbn(each, user_inputs=sorted(words))["guesses_log10"] < EASY for each in spellings)
