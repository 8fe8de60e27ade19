"""What people type into a migration's pages."""
