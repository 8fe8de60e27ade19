"""Measurements: ratios within one run, printed, never asserted in a timed test."""
