"""Source rows against rows of the same key in the target."""
