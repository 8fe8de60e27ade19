"""Runs a migration: lease, steps, status, journal, outages, recovery."""
