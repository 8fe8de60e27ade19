"""The schema for the DBA: numbered SQL files and a README, pure text, one module an engine."""
