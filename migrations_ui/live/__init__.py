"""Live screens: the snapshot, the socket, and the one sender."""
