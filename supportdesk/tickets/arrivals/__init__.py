"""What came in while an agent reads the queue: it is told by a line above, and moves nothing."""
