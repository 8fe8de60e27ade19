"""The file system of a host: what an administrator and a backup find there.

Paths are the vendor's (domain.md 2, 4, 7); contents are plausible, and said in docs/lab.md.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from pools.databases.engines import ENGINES
from pools.lab.nsf import TravelerNsf, notes_database

if TYPE_CHECKING:
    from pools.lab.directory import HostEntry, LabDirectory

CACHE_FILE_BYTES = 60_000


class HostFiles:
    """The paths of one host; `create` makes what is not there yet."""

    def __init__(self, lab: LabDirectory, entry: HostEntry) -> None:
        self.entry = entry
        self.organization = lab.organization
        self.root = lab.root(entry)
        self.program = lab.program(entry)
        self.data = lab.data(entry)
        self.notes_ini = self.data / "notes.ini"
        self.support = self.data / "IBM_TECHNICAL_SUPPORT"
        self.console_log = self.support / "console.log"
        self.traveler_logs = self.support / "traveler" / "logs"
        self.traveler = self.data / "traveler"
        self.derby = self.traveler / "ntsdb"
        self.jars = self.program / "Traveler" / "lib"
        self.faults = lab.faults_file(entry)
        self.transfer_locks = lab.path / "run"
        self.nsf = TravelerNsf(self.data / "LotusTraveler.nsf", self.server_id)

    @property
    def server_id(self) -> str:
        """The identifier that `hadr show` prints; the real form is not documented."""
        return f"{self.entry.name.upper()}-{self.entry.ssh_port:05}"

    def is_complete(self) -> bool:
        return self.notes_ini.exists()

    def create(self) -> None:
        """Everything but notes.ini; what an interrupted start left behind is made again."""
        shutil.rmtree(self.data, ignore_errors=True)
        for directory in (
            self.traveler_logs,
            self.traveler / "cfg" / "db",
            self.traveler / "util",
            self.jars,
        ):
            directory.mkdir(parents=True, exist_ok=True)
        name = self.entry.name
        self.nsf.create(f"{name}:traveler")
        (self.data / "ntsclcache.nsf").write_bytes(notes_database(f"{name}:cl", CACHE_FILE_BYTES))
        (self.traveler / "cfg" / "NTSConfig.xml").write_text("<NTSConfig/>\n", encoding="utf-8")
        (self.traveler / "cfg" / "db" / "README.txt").write_text(
            "The DDL files of the database schema are kept in this directory.\n", encoding="utf-8"
        )
        utility = self.traveler / "util" / "travelerUtil"
        utility.write_text("#!/bin/sh\n# Answered by the lab's SSH server.\n", encoding="utf-8")
        utility.chmod(0o755)
        (self.traveler_logs / "TravelerInstall.log").write_text(
            "Installation completed successfully.\n", encoding="utf-8"
        )
        for engine in ENGINES.values():
            self._write_jar(self.jars / engine.jdbc_jar.name, engine.name)

    def complete(self) -> None:
        """Write notes.ini, whose presence says that the host has all its files and data."""
        self.notes_ini.write_text(self._notes_ini(), encoding="utf-8")

    def notes_ini_values(self) -> dict[str, str]:
        """Parameters by upper-case name; lines without `=` are section headings."""
        lines = self.notes_ini.read_text(encoding="utf-8").splitlines()
        pairs = (line.partition("=") for line in lines if "=" in line)
        return {name.strip().upper(): value.strip() for name, _, value in pairs}

    def found_jar(self, engine: str) -> str:
        """The engine's JDBC driver where Traveler looks for one; empty when it is not there."""
        jar = self.jars / ENGINES[engine].jdbc_jar.name if engine in ENGINES else None
        return str(jar) if jar is not None and jar.exists() else ""

    def is_jar(self, path: str) -> bool:
        """Whether a path names a JDBC driver on this host."""
        file = Path(path)
        return file.suffix == ".jar" and file.is_file() and self.root in file.parents

    def derby_exists(self) -> bool:
        return (self.derby / "service.properties").exists()

    def active_faults(self) -> set[str]:
        """Faults switched on with `manage.py lab fault`."""
        try:
            return set(self.faults.read_text(encoding="utf-8").split())
        except FileNotFoundError:
            return set()

    def _notes_ini(self) -> str:
        plan = self.entry.plan
        lines = [
            "[Notes]",
            "KitType=2",
            f"Directory={self.data}",
            f"NotesProgram={self.program}",
            f"ServerName={plan.domino_name}",
            f"Domain={self.organization}",
            "ServerTasks=Update,Replica,Router,AMgr,AdminP,HTTP,Traveler",
            "CONSOLE_LOG_ENABLED=1",
            f"NTS_64_BIT={int(plan.bits == 64)}",  # noqa: PLR2004
            "NTS_JAVA_PARMS=-Xmx1024m",
        ]
        return "\n".join(lines) + "\n"

    @staticmethod
    def _write_jar(path: Path, engine: str) -> None:
        manifest = f"Manifest-Version: 1.0\nImplementation-Title: {engine} JDBC driver (lab)\n"
        with zipfile.ZipFile(path, "w") as jar:
            jar.writestr("META-INF/MANIFEST.MF", manifest)
