"""Bringing a ticket before a colleague: by their name in a note; and before oneself, by watching it."""
