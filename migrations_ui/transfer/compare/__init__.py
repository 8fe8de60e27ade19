"""Do both sides hold the same rows? Digests, mismatches, repair."""
