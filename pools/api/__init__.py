"""REST: everything the standing world's pages show, one module a noun."""
