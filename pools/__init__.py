"""The standing world: pools, servers, users, devices, their databases and how we talk to them."""
