"""Proof from outside that a server works: device, HTTP, console log."""
