"""Views of the queue that somebody gave a name: their own, or for everybody here."""
