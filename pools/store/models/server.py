"""A server of the pool and its last sign of life: what `tell traveler hadr show` prints."""

# ruff: noqa: DJ001 - NULL and empty text differ in a Traveler database; a transfer keeps both.

from __future__ import annotations

from django.db import models


class PoolServer(models.Model):
    """`availability_index`: 0..100 available, -100..-1 constrained, -200 drained."""

    domino_name = models.CharField(primary_key=True, max_length=254)
    server_id = models.CharField(max_length=64)
    host_name = models.CharField(max_length=254)
    ip_address = models.CharField(max_length=64)
    task_port = models.IntegerField()
    servlet_port = models.IntegerField()
    heart_beat = models.DateTimeField(null=True)
    availability_index = models.SmallIntegerField()
    number_of_users = models.IntegerField()
    running = models.SmallIntegerField()
    version = models.CharField(max_length=64)
    build = models.CharField(max_length=64, null=True)
    started = models.DateTimeField(null=True)

    class Meta:
        db_table = "servers"

    def __str__(self) -> str:
        return self.domino_name
