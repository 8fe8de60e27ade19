"""How a kind of Traveler host is spoken to, as data that an administrator can change."""

from __future__ import annotations

from dataclasses import fields

from django.core.validators import RegexValidator
from django.db import models

from pools.gateways.profiles import WEB_REQUEST, HostProfile
from pools.states import ConsoleMethod, PasswordPassing, Platform


def _template(default: str, help_text: str = "") -> models.CharField[str, str]:
    return models.CharField(max_length=255, default=default, help_text=help_text)


class CommandProfile(models.Model):
    """Paths and command lines of one kind of host.

    What the vendor does not document (domain.md [R], [G]) stands here and nowhere else.
    `{program}` and `{data}` stand for the two directories, `{command}` and `{lines}` for the
    console command and the number of answer lines, `{user}` for a Traveler user's name and
    `{device}` for the id of a probe device.
    """

    name = models.CharField(max_length=80, unique=True)
    platform = models.CharField(max_length=10, choices=Platform.choices, default=Platform.LINUX)
    program_directory = _template("/opt/hcl/domino/notes/latest/linux")
    data_directory = _template("/local/notesdata")

    console_method = models.CharField(
        max_length=20, choices=ConsoleMethod.choices, default=ConsoleMethod.START_SCRIPT
    )
    console_command = _template('domino cmd "{command}" {lines}')
    console_log = _template("{data}/IBM_TECHNICAL_SUPPORT/console.log")
    start_server = _template("domino start")
    stop_server = _template("domino stop")
    server_status = _template("domino status")

    start_traveler = _template("load traveler", "Console command.")
    stop_traveler = _template("tell traveler quit", "Console command.")
    withdraw = _template("tell traveler available off", "Console command.")
    restore_availability = _template("tell traveler available on", "Console command.")
    hadr_show = _template("tell traveler hadr show", "Console command.")
    status = _template("tell traveler status", "Console command.")
    show_user = _template("tell traveler user {user}", "Console command.")
    show_config = _template("tell traveler config", "Console command.")

    traveler_util = _template("{data}/traveler/util/travelerUtil")
    password_passing = models.CharField(
        max_length=10, choices=PasswordPassing.choices, default=PasswordPassing.PROMPT
    )
    derby_directory = _template("{data}/traveler/ntsdb")
    jdbc_jar_directory = _template("{program}/Traveler/lib")
    notes_ini = _template("{data}/notes.ini")
    auto_schema_parameter = _template("NTS_AUTO_DBSCHEMA")

    probe_request = models.CharField(
        max_length=255,
        blank=True,
        default="",
        validators=[
            RegexValidator(
                rf"^{WEB_REQUEST}\Z", "Enter a method and a path, for example POST /traveler/sync."
            )
        ],
        help_text=(
            "The request by which a device syncs, as a method and a path with {user} and {device}. "
            "The last step of a move sends it as the pool's probe user. Empty: no probe."
        ),
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def host_profile(self) -> HostProfile:
        """The same values as the gateways take them."""
        return HostProfile(
            **{field.name: getattr(self, field.name) for field in fields(HostProfile)}
        )
