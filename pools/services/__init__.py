"""What is done with the standing world: every write goes through here, and says who did it."""
