"""The answers to `tell traveler …` (domain.md 1). What is our guess is said in docs/lab.md."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pools.lab.languages import say
from pools.lab.store import StoreServerRow, UserRow

if TYPE_CHECKING:
    from pools.lab.traveler import TravelerTask

Answer = list[str]
NOT_POOLED = "This server is not a member of a high availability pool."
COLUMN_GAP = "  "


class TellTraveler:
    """Answers one command with the lines it prints; StoreUnavailable is the caller's."""

    def __init__(self, traveler: TravelerTask) -> None:
        self.traveler = traveler
        self._commands: dict[str, Callable[[str], Awaitable[Answer]]] = {
            "hadr show": self.show_members,
            "hadr delete": self.delete_member,
            "available": self.set_available,
            "status": self.show_status,
            "stat show": self.show_statistics,
            "user": self.show_user,
            "show": self.show_user,
            "config": self.show_configuration,
        }

    async def answer(self, command: str) -> Answer:
        """`command` is what follows `tell traveler`."""
        text = " ".join(command.split())
        for name, respond in self._commands.items():
            if text.lower() == name or text.lower().startswith(f"{name} "):
                lines = await respond(text[len(name) :].strip())
                return [say(self.traveler.plan.language, line) for line in lines]
        return [f"Command not recognized: {text}"]

    async def show_members(self, _argument: str) -> Answer:
        if not self.traveler.pooled:
            return [NOT_POOLED]
        language = self.traveler.plan.language
        rows = [
            {say(language, name): say(language, value) for name, value in fields.items()}
            for fields in map(self._member_fields, await self.traveler.members())
        ]
        if self.traveler.plan.membership_layout == "fields":
            return _blocks(rows)
        return _table(rows)

    def _member_fields(self, row: StoreServerRow) -> dict[str, str]:
        alive = self.traveler.is_alive(row, datetime.now(UTC))
        return {
            "Domino Name": row.domino_name,
            "ID": row.server_id,
            "Host Name": row.host_name,
            "IP:SrvrPort,SrvltPort": f"{row.ip_address}:{row.task_port},{row.servlet_port}",
            "Alive": str(alive),
            "Heartbeat": _stamp(row.heart_beat),
            "Availability Index": str(row.availability_index),
            "Number of Users": str(row.number_of_users),
        }

    async def delete_member(self, argument: str) -> Answer:
        if not self.traveler.pooled:
            return [NOT_POOLED]
        for row in await self.traveler.members():
            if argument.lower() not in (row.domino_name.lower(), _abbreviated(row.domino_name)):
                continue
            if self.traveler.is_alive(row, datetime.now(UTC)):
                return [f"{row.domino_name} is alive and was not deleted."]
            await self.traveler.thread.run(self.traveler.store.delete_server, row.domino_name)
            return [f"{row.domino_name} has been deleted from the pool."]
        return [f"{argument} is not a member of the pool."]

    async def set_available(self, argument: str) -> Answer:
        if argument.lower() not in ("on", "off"):
            return ["Usage: available on|off"]
        self.traveler.drained = argument.lower() == "off"
        if self.traveler.pooled:
            await self.traveler.beat()
        return [f"Availability Index is now {self.traveler.availability_index()}."]

    async def show_status(self, _argument: str) -> Answer:
        yellow, red = self.traveler.status_reasons()
        if not yellow and not red:
            return ["HCL Traveler overall status is GREEN"]
        lines = [f"The HCL Traveler task has been running since {_date(self.traveler.started)}."]
        if self.traveler.last_sync:
            when = _date(self.traveler.last_sync)
            lines.append(f"The last successful device sync was on {when}.")
        if yellow:
            lines += ["Yellow Status Messages", *yellow]
        if red:
            lines += ["Red Status Messages", *red]
        colour = "Red" if red else "Yellow"
        return [*lines, f"The overall status of HCL Traveler is {colour}."]

    async def show_statistics(self, _argument: str) -> Answer:
        store, thread = self.traveler.store, self.traveler.thread
        users = await thread.run(store.count_users)
        devices = len(await thread.run(store.devices))
        return [
            f"Version = {self.traveler.plan.version}",
            f"Availability.Index.Current = {self.traveler.availability_index()}",
            f"Constrained.State = {int(self.traveler.candidate().constrained)}",
            f"There are {users} users registered on this server.",
            f"There are {devices} devices registered on this server.",
        ]

    async def show_user(self, argument: str) -> Answer:
        thread, store = self.traveler.thread, self.traveler.store
        user: UserRow | None = await thread.run(store.user, argument)
        if user is None:
            return [f"User {argument} is not known to this server."]
        lines = [
            f"This server has access rights to the mail file of {user.username}.",
            "Monitoring of the mail file is enabled.",
            "Encrypted mail is not possible: there is no Notes ID in the mail file.",
            f"Canonical Name: {user.username}",
            f"Internet Address: {user.internet_address}",
        ]
        if self.traveler.pooled:
            lines += [
                f"Master Server: {user.master_server or ''}",
                f"Master Server Locked: {_date(user.master_since)}",
            ]
        for device in await thread.run(store.user_devices, user.username):
            lines += [
                f"Device ID: {device.device_id}",
                f"Device Type: {device.device_type}",
                f"Last Sync: {_date(device.last_sync_time)}",
                "Auto Sync Change Flags: None",
            ]
        return lines

    async def show_configuration(self, _argument: str) -> Answer:
        plan = self.traveler.plan
        setting = self.traveler.files.nsf.read_setting()
        own = {
            "Version": plan.version,
            "Build": plan.build,
            "External URL": plan.external_url,
            "Database": setting.url if setting else "Derby (local)",
        }
        parameters = self.traveler.files.notes_ini_values()
        nts = {name: value for name, value in sorted(parameters.items()) if name.startswith("NTS_")}
        return [f"{name} = {value}" for name, value in (own | nts).items()]


def _blocks(rows: list[dict[str, str]]) -> Answer:
    lines = []
    for row in rows:
        lines += [*(f"{name}: {value}" for name, value in row.items()), ""]
    return lines


def _table(rows: list[dict[str, str]]) -> Answer:
    names = list(rows[0]) if rows else ["Domino Name"]
    widths = {name: max(len(name), *(len(row[name]) for row in rows), 0) for name in names}
    lines = [COLUMN_GAP.join(name.ljust(widths[name]) for name in names)]
    lines += [COLUMN_GAP.join(row[name].ljust(widths[name]) for name in names) for row in rows]
    return [line.rstrip() for line in lines]


def _abbreviated(domino_name: str) -> str:
    return "/".join(part.partition("=")[2] for part in domino_name.lower().split("/"))


def _stamp(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else "never"


def _date(moment: datetime | None) -> str:
    """As in the vendor's examples: `Tue Jun 15 17:08:37 EDT 2010`."""
    return moment.astimezone(UTC).strftime("%a %b %d %H:%M:%S UTC %Y") if moment else "never"
