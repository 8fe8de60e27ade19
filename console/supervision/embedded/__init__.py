"""Real servers for the demo, the tests and the benchmarks, from wheels or Debian."""
