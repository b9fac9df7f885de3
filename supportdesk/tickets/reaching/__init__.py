"""Patients whom our mail does not reach: seen by the desk, tried again, or told another way."""
