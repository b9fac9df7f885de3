"""Hostile inputs in one table, each with the answer it has to get; faults of the surroundings are in tests/faults."""
