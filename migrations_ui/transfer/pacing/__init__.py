"""How fast: chunk size, rate limits, pauses, reconnection."""
