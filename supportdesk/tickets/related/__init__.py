"""Requests that belong together, and stay two: linked from either side."""
