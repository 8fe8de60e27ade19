"""Enters the hosts of a lab into the console, as an administrator would by hand.

Only ordinary services are called, so nothing in the console knows a lab. Entering twice changes
nothing; after the lab was given other ports, the rows follow.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from console.accounts.models import User
from console.accounts.roles import Role
from pools.lab.people import user_name
from pools.models import CommandProfile, DatabaseConfiguration, Login, Pool, Server
from pools.services.databases import create_database, update_database
from pools.services.logins import create_login, create_profile, update_login, update_profile
from pools.services.pools import create_pool
from pools.services.servers import register_server, trust_host_key, update_server
from pools.states import Platform

if TYPE_CHECKING:
    from django.db.models import Model

    from pools.lab.directory import HostEntry, LabDirectory
    from pools.lab.scenario import PoolPlan

# The lab's own form of a sync (http.py).
SYNC_REQUEST = "POST /traveler/sync?User={user}&DeviceId={device}&DeviceType=Lifeguard-Probe"

Row = TypeVar("Row", bound="Model")


def enroll_lab(lab: LabDirectory) -> list[str]:
    """Enter logins, profiles, databases, pools and servers; returns one line for each server."""
    return Enrolment(lab).run()


class Enrolment:
    """One run. The acts are those of the first administrator, or of nobody if there is none."""

    def __init__(self, lab: LabDirectory) -> None:
        self.lab = lab
        self.actor = User.objects.filter(role=Role.ADMINISTRATOR).order_by("pk").first()

    def run(self) -> list[str]:
        accounts = self.lab.accounts
        ssh_login = self._enter_login(
            "Lab hosts: Domino user",
            username=accounts.ssh_user,
            password=accounts.ssh_password,
            private_key=self.lab.client_key.read_text(encoding="utf-8"),
        )
        api_login = self._enter_login(
            "Lab hosts: Traveler administrator",
            username=accounts.api_user,
            password=accounts.api_password,
        )
        pools = {pool.name: self._enter_pool(pool) for pool in self._known_pools()}
        spare = [pool for pool in self.lab.pools if pool.name not in pools]
        for pool in spare:
            self._enter_database(pool)
        return [
            self._enter_server(entry, pools.get(entry.plan.pool), ssh_login, api_login)
            for entry in self.lab.hosts
        ]

    def _known_pools(self) -> list[PoolPlan]:
        """Pools with servers; an empty database becomes a pool when a person makes it one."""
        members = {entry.plan.pool for entry in self.lab.hosts}
        return [pool for pool in self.lab.pools if pool.name in members]

    def _enter_login(self, name: str, **values: Any) -> Login:
        return self._enter(Login, create_login, update_login, name, **values)

    def _enter_database(self, pool: PoolPlan) -> DatabaseConfiguration | None:
        if pool.database not in self.lab.databases:
            return None
        login = self.lab.databases[pool.database]
        return self._enter(
            DatabaseConfiguration,
            create_database,
            partial(update_database, same_place=True),
            f"{pool.name} database",
            engine=login.engine,
            host=login.host,
            port=login.port,
            database_name=login.name,
            username=login.user,
            password=login.password,
            schema=login.schema,
        )

    def _enter_pool(self, plan: PoolPlan) -> Pool:
        database = self._enter_database(plan)
        known = Pool.objects.filter(name=plan.name).first()
        if known is not None or database is None:
            return known or Pool.objects.get(name=plan.name)
        member = next(entry for entry in self.lab.hosts if entry.plan.pool == plan.name)
        return create_pool(
            plan.name,
            actor=self.actor,
            external_url=member.plan.external_url,
            database=database,
            probe_login=self._enter_probe_login(plan),
            # A lab speaks no HTTPS, and the people in it are invented.
            allow_http=True,
        )

    def _enter_probe_login(self, plan: PoolPlan) -> Login:
        """One of the pool's people, whose phone and probe device share a password."""
        return self._enter_login(
            f"{plan.name}: probe user",
            username=user_name(plan.population.first_person, self.lab.organization),
            password=self.lab.accounts.device_password,
        )

    def _enter_profile(self, entry: HostEntry) -> CommandProfile:
        """Each host has directories of its own, as it is not a machine of its own."""
        return self._enter(
            CommandProfile,
            create_profile,
            update_profile,
            f"Lab host {entry.name}",
            platform=Platform.LINUX,
            program_directory=str(self.lab.program(entry)),
            data_directory=str(self.lab.data(entry)),
            probe_request=SYNC_REQUEST,
        )

    def _enter_server(
        self, entry: HostEntry, pool: Pool | None, ssh_login: Login, api_login: Login
    ) -> str:
        address: dict[str, Any] = {
            "profile": self._enter_profile(entry),
            "ssh_host": entry.address,
            "ssh_port": entry.ssh_port,
            "api_url": entry.base_url,
            "allow_http": True,
        }
        server = Server.objects.filter(domino_name=entry.plan.domino_name).first()
        if server is not None:
            # Where it belongs and what runs there may have changed since; its address follows.
            before = (server.ssh_host, server.ssh_port)
            update_server(server, actor=self.actor, same_place=True, **address)
            if before != (server.ssh_host, server.ssh_port):
                # A lab that was made again has keys of its own, and nobody else's machines.
                trust_host_key(server, actor=self.actor)
            return f"{server} was known already."
        server = register_server(
            entry.plan.domino_name,
            actor=self.actor,
            ssh_login=ssh_login,
            api_login=api_login,
            pool=pool,
            external_url=entry.plan.external_url,
            traveler_version=entry.plan.version,
            traveler_build=entry.plan.build,
            domino_release=entry.plan.domino_release,
            domino_edition=entry.plan.edition,
            platform=Platform.LINUX,
            bits=entry.plan.bits,
            **address,
        )
        return f"{server} has been entered."

    def _enter(
        self,
        model: type[Row],
        create: Callable[..., Row],
        update: Callable[..., Row],
        name: str,
        **values: Any,
    ) -> Row:
        known = model._default_manager.filter(name=name).first()
        if known is None:
            return create(name, actor=self.actor, **values)
        return update(known, actor=self.actor, **values)
