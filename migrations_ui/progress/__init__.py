"""Rates, samples and estimates of the time left; values in, values out."""
