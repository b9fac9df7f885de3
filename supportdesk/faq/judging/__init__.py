"""Whose question it is and whether somebody is in danger, learned from examples in content.  Knows no search."""
