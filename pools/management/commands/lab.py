"""`manage.py lab`: emulated Traveler hosts, for trying, rehearsing and testing."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pools.lab.directory import LabNotFound, load_lab, open_lab, parse_database_url
from pools.lab.faults import FAULTS, set_fault
from pools.lab.scenario import DEFAULT_SCENARIO, load_scenario
from pools.lab.supervisor import HostDidNotStart, LabSupervisor, watch


class Command(BaseCommand):
    """`manage.py lab`."""

    help = "Runs emulated Traveler hosts, or does something with those that run."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", metavar="ACTION")
        _add_run_options(parser)
        run = actions.add_parser("run", help="Run all hosts in the foreground (the default).")
        _add_run_options(run, default=argparse.SUPPRESS)

        host = actions.add_parser("host", help="Run one host in the foreground.")
        host.add_argument("name")
        host.add_argument("--end-with-parent", action="store_true", help=argparse.SUPPRESS)
        start = actions.add_parser("start-host", help="Start a host again that was killed.")
        start.add_argument("name")
        enroll = actions.add_parser("enroll", help="Enter the hosts into the console.")
        fault = actions.add_parser("fault", help="Switch a fault of a host on or off.")
        fault.add_argument("name")
        fault.add_argument("fault", choices=sorted(FAULTS))
        fault.add_argument("--off", action="store_true")
        traffic = actions.add_parser("traffic", help="Play devices, and report how they fared.")
        traffic.add_argument("--servers", help="Base URLs or host names; default: the pool's.")
        traffic.add_argument("--pool", default="Acme EU")
        traffic.add_argument("--devices", type=int, default=50)
        traffic.add_argument("--seconds", type=float, default=30)
        traffic.add_argument("--rate", type=float, default=20, help="Syncs a second.")
        for action in (host, start, enroll, fault, traffic):
            _add_directory(action, default=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        action = (options["action"] or "run").replace("-", "_")
        options["directory"] = Path(options["directory"]).resolve()
        try:
            getattr(self, f"do_{action}")(**options)
        except (LabNotFound, HostDidNotStart, ValueError) as error:
            raise CommandError(str(error)) from error

    def do_run(self, **options: Any) -> None:
        scenario = load_scenario(options["scenario"], scale=options["scale"])
        databases = {
            name: parse_database_url(url)
            for name, url in (
                ("pool", options["database_url"]),
                ("empty", options["empty_database_url"]),
            )
            if url
        }
        if any(pool.population.users and pool.database not in databases for pool in scenario.pools):
            raise CommandError("The pool needs a database: give its address with --database-url.")
        lab = open_lab(
            options["directory"],
            scenario,
            databases=databases,
            seed=options["seed"],
            speed=options["speed"],
            base_port=options["base_port"],
        )
        # Raised wherever we are, since starting the hosts may take a while.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        supervisor = LabSupervisor(lab)
        try:
            lab.ready_file.unlink(missing_ok=True)
            supervisor.start_all()
            lab.ready_file.touch()
            for entry in lab.hosts:
                self.stdout.write(
                    f"{entry.name:10} SSH {entry.address}:{entry.ssh_port}  HTTP {entry.base_url}"
                )
            self.stdout.write("The lab is ready.")
            self.stdout.flush()
            watch(supervisor, self.stdout.write)
        except KeyboardInterrupt:
            self.stdout.write("The lab ends.")
        finally:
            lab.ready_file.unlink(missing_ok=True)
            supervisor.stop_all()

    def do_host(self, *, name: str, end_with_parent: bool, **options: Any) -> None:
        from pools.lab.host import run_host

        lab = load_lab(options["directory"])
        asyncio.run(run_host(lab, lab.host(name), end_with_parent=end_with_parent))

    def do_start_host(self, *, name: str, **options: Any) -> None:
        """In the foreground, as the supervisor does not take up hosts it did not start."""
        self.do_host(name=name, end_with_parent=False, **options)

    def do_enroll(self, **options: Any) -> None:
        from pools.lab.enrolment import enroll_lab

        for line in enroll_lab(load_lab(options["directory"])):
            self.stdout.write(line)

    def do_fault(self, *, name: str, fault: str, off: bool, **options: Any) -> None:
        lab = load_lab(options["directory"])
        set_fault(lab, lab.host(name), fault, active=not off)
        self.stdout.write(f"{name}: {fault} is {'off' if off else 'on'}.")

    def do_traffic(self, **options: Any) -> None:
        from pools.lab.traffic import TrafficPlan, TrafficReport, play_traffic

        lab = load_lab(options["directory"])
        plan = TrafficPlan.for_pool(
            lab,
            pool=options["pool"],
            servers=options["servers"].split(",") if options["servers"] else None,
            devices=options["devices"],
            seconds=options["seconds"],
            rate=options["rate"],
        )
        report = TrafficReport()
        asyncio.run(play_traffic(plan, report))
        for line in report.lines():
            self.stdout.write(line)
        if report.recovery:
            raise CommandError("There were recovery syncs; there must be none.")


def _add_directory(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--directory", type=Path, default=default, help="Where the lab keeps its files."
    )


def _add_run_options(parser: argparse.ArgumentParser, default: Any = None) -> None:
    def value(own: Any) -> Any:
        return own if default is None else default

    _add_directory(parser, value(Path(settings.LIFEGUARD_WORK_DIR) / "lab"))
    parser.add_argument("--scenario", type=Path, default=value(DEFAULT_SCENARIO))
    parser.add_argument("--scale", type=float, default=value(1.0), help="Multiplies the data.")
    parser.add_argument("--seed", type=int, default=value(1))
    parser.add_argument("--speed", type=float, default=value(1.0), help="Shortens 24 h and 10 min.")
    parser.add_argument("--base-port", type=int, default=default, help="Default: free ports.")
    # By the environment as well, since other people on this machine can read our arguments.
    parser.add_argument(
        "--database-url",
        default=value(os.environ.get("LAB_DATABASE_URL")),
        help="The pool's database; or LAB_DATABASE_URL.",
    )
    parser.add_argument(
        "--empty-database-url",
        default=value(os.environ.get("LAB_EMPTY_DATABASE_URL")),
        help="For a new pool; or LAB_EMPTY_DATABASE_URL.",
    )
