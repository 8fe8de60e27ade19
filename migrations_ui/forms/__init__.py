"""What people type into a move's pages."""
