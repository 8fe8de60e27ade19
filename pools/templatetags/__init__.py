"""What templates need beyond Django: state, age and figures, each in one place."""
