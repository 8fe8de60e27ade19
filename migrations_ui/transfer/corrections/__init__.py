"""Values entered for rejected rows, and their way into the target."""
