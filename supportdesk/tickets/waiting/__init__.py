"""“Waiting until”: a ticket that rests, and comes back into the queue on the morning of a working day."""
