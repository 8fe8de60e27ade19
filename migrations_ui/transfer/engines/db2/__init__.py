"""Db2: arrays of parameters, in the transaction that writes the checkpoint."""
