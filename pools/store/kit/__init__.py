"""The schema for the DBA: numbered SQL files and a README; engines have their part themselves."""
