"""What a run has committed, recorded in the target beside the rows."""
