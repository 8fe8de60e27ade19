"""REST: everything the move's pages show and start, for administrators."""
