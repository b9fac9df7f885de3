"""Taking a passage out of a request for good: out of every word that the desk keeps of it, wherever it stands."""
