"""Running the whole console on one machine, under supervisord."""
