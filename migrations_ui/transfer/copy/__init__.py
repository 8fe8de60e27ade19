"""The copy loop: reads, loads and commits tables side by side."""
