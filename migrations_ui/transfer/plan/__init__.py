"""What will be copied where, and what stands against it."""
