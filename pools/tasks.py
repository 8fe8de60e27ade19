"""Celery tasks of the standing world: ids in, one service call."""

from __future__ import annotations

import structlog
from celery import shared_task

from console.accounts import idempotency_keys
from pools.models import DatabaseConfiguration, Pool, Server, TravelerUser
from pools.services import (
    collected_logs,
    database_passwords,
    databases,
    health,
    inventory,
    membership,
    operations,
    purge,
    readings,
    schema_levels,
    status,
    user_details,
)
from pools.services.errors import NoReachableMember

logger = structlog.get_logger(__name__)


@shared_task
def sweep_health(pool_id: int | None = None, server_id: int | None = None) -> None:
    """Every server's availability, index, users and heartbeat; of one pool and one server more, or
    of all."""
    sweep = health.sweep_health(
        None if pool_id is None else [pool_id],
        () if server_id is None else [server_id],
    )
    logger.info(
        "health sweep", asked=sweep.asked, answered=sweep.answered, seconds=round(sweep.seconds, 2)
    )


@shared_task
def sweep_status(server_id: int | None = None) -> None:
    """The overall status and its reasons, of one server or of all."""
    status.sweep_status(None if server_id is None else [server_id])


@shared_task
def sweep_readings() -> None:
    """Delete readings that are too old for any chart, and collected logs past their retention."""
    readings.prune_readings()
    collected_logs.purge_archives()


@shared_task
def purge_idempotency_keys() -> None:
    """Delete what programs were answered more than a day ago."""
    idempotency_keys.purge_idempotency_keys()


@shared_task
def sweep_gone() -> None:
    """Purge users and devices that are gone for long enough."""
    purged = purge.purge_gone()
    if purged:
        logger.info("users and devices purged", rows=purged)


@shared_task
def sync_membership(pool_id: int | None = None) -> None:
    """`hadr show` of one pool or of all; one that fails keeps its reason and stops no other."""
    pools = Pool.objects.all() if pool_id is None else Pool.objects.filter(pk=pool_id)
    membership.sync_all_memberships(pools)


@shared_task
def sync_inventory(pool_id: int | None = None, server_id: int | None = None) -> None:
    """Users and devices of one pool, of one standalone server, or one task for each of all."""
    if pool_id is None and server_id is None:
        for pool in Pool.objects.all():
            sync_inventory.delay(pool_id=pool.pk)
        for server in Server.objects.in_service().standalone():
            sync_inventory.delay(server_id=server.pk)
        return
    try:
        if pool_id is not None:
            inventory.sync_pool_inventory(Pool.objects.get(pk=pool_id))
        elif server_id is not None:
            server = Server.objects.select_related("api_login").get(pk=server_id)
            inventory.sync_server_inventory(server)
    except NoReachableMember as error:
        logger.warning("inventory not read", pool=pool_id, server=server_id, reason=str(error))


@shared_task
def sync_unread() -> None:
    """What was entered a moment ago and never read: its users and devices, its database; and new
    passwords whose try was lost."""
    for pool in Pool.objects.filter(inventory_seen_at__isnull=True):
        sync_inventory.delay(pool_id=pool.pk)
    for server in Server.objects.in_service().standalone().filter(inventory_seen_at__isnull=True):
        sync_inventory.delay(server_id=server.pk)
    for pk in DatabaseConfiguration.objects.filter(
        pool__isnull=False, checked_at__isnull=True
    ).values_list("pk", flat=True):
        check_database.delay(pk)
    for pk in database_passwords.overdue_tries().values_list("pk", flat=True):
        try_new_password.delay(pk)


@shared_task
def sync_user_details(user_id: int) -> None:
    """`tell traveler user` of one user; the reason of a failure is kept with the user."""
    user = TravelerUser.objects.select_related("pool", "server").get(pk=user_id)
    try:
        user_details.sync_user_details(user)
    except NoReachableMember as error:
        logger.warning("user not read", user_id=user_id, reason=str(error))


@shared_task
def check_database(configuration_id: int) -> None:
    """`db check` of one configuration."""
    configuration = DatabaseConfiguration.objects.get(pk=configuration_id)
    databases.check_database(configuration)


@shared_task
def try_new_password(configuration_id: int) -> None:
    """Sign in to a database with its new password, and keep that if it is accepted."""
    database_passwords.try_new_password(DatabaseConfiguration.objects.get(pk=configuration_id))


@shared_task
def read_schema_level(configuration_id: int) -> None:
    """The schema level of one configuration."""
    schema_levels.read_level(DatabaseConfiguration.objects.get(pk=configuration_id))


@shared_task
def check_databases() -> None:
    """One check for each configuration that a pool stands on, but for refused logins."""
    for configuration in DatabaseConfiguration.objects.filter(pool__isnull=False):
        if databases.is_due(configuration):
            check_database.delay(configuration.pk)


@shared_task
def run_operation(operation_id: int) -> None:
    """Run what a person asked for."""
    operations.run_operation(operation_id)


@shared_task
def sweep_operations() -> None:
    """Fail commands whose worker was lost."""
    lost = operations.fail_lost_operations()
    if lost:
        logger.warning("commands failed, their worker is lost", lost=lost)
