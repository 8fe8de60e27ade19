"""How a kind of Traveler host is spoken to, as data that an administrator can change."""

from __future__ import annotations

from dataclasses import fields

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from pools.gateways.errors import ProfileIncomplete
from pools.gateways.parsing.patterns import PatternRefused, compile_pattern
from pools.gateways.parsing.transfer_lines import TransferPatterns
from pools.gateways.profiles import WEB_REQUEST, HostProfile
from pools.states import ConsoleMethod, PasswordPassing, Platform


def _template(default: str, help_text: str = "") -> models.CharField[str, str]:
    return models.CharField(max_length=255, default=default, help_text=help_text)


def _pattern(default: str, help_text: str) -> models.CharField[str, str]:
    ours = (
        "No line of the vendor is documented: the default is ours, put in what yours prints. "
        "RE2 syntax: no look-ahead, look-behind or back-references; \\w, \\d and \\b know "
        "ASCII only."
    )
    return models.CharField(
        max_length=255, blank=True, default=default, help_text=f"{help_text} {ours}"
    )


# Regular expressions, held to RE2: how a server's own transfer is read.
PATTERNS = ("transfer_progress", "transfer_end", "transfer_failure")


class CommandProfile(models.Model):
    """Paths and command lines of one kind of host.

    What the vendor does not document (domain.md [R], [G]) stands here and nowhere else.
    `{program}` and `{data}` stand for the two directories, `{command}` and `{lines}` for the
    console command and the number of answer lines, `{user}` for a Traveler user's name and
    `{device}` for the id of a probe device.
    """

    name = models.CharField(max_length=80, unique=True)
    platform = models.CharField(
        max_length=10, choices=Platform.choices, default=HostProfile.platform
    )
    program_directory = _template(HostProfile.program_directory)
    data_directory = _template(HostProfile.data_directory)

    console_method = models.CharField(
        max_length=20, choices=ConsoleMethod.choices, default=HostProfile.console_method
    )
    console_command = _template(HostProfile.console_command)
    console_log = _template(HostProfile.console_log)
    start_server = _template(HostProfile.start_server)
    stop_server = _template(HostProfile.stop_server)
    server_status = _template(HostProfile.server_status)

    start_traveler = _template(HostProfile.start_traveler, "Console command.")
    stop_traveler = _template(HostProfile.stop_traveler, "Console command.")
    drain = _template(HostProfile.drain, "Console command.")
    resume_service = _template(HostProfile.resume_service, "Console command.")
    hadr_show = _template(HostProfile.hadr_show, "Console command.")
    status = _template(HostProfile.status, "Console command.")
    show_user = _template(HostProfile.show_user, "Console command.")
    show_config = _template(HostProfile.show_config, "Console command.")

    traveler_util = _template(HostProfile.traveler_util)
    password_passing = models.CharField(
        max_length=10, choices=PasswordPassing.choices, default=HostProfile.password_passing
    )
    derby_directory = _template(HostProfile.derby_directory)
    derby_aside = models.BooleanField(
        "set Derby aside",
        default=HostProfile.derby_aside,
        help_text=(
            "Once its rows are in the pool and it is set to the pool's database, the server's "
            "Derby folder is renamed before it starts, so that it does not transfer the same rows "
            "by itself. A rollback puts it back. Not in a vendor transfer."
        ),
    )
    jdbc_jar_directory = _template(HostProfile.jdbc_jar_directory)
    notes_ini = _template(HostProfile.notes_ini)
    auto_schema_parameter = models.CharField(
        max_length=255,
        blank=True,
        default=HostProfile.auto_schema_parameter,
        validators=[
            RegexValidator(r"^[A-Za-z][A-Za-z0-9_]*\Z", "Enter the name of a notes.ini parameter.")
        ],
        # domain.md 4: the sources differ, and none says which release reads which.
        help_text=(
            "How this kind of server spells it in notes.ini. Empty: by the server's version, "
            "NTS_AUTO_DB_SCHEMA on 8.5.x as in the article on 8.5.3, NTS_AUTO_DBSCHEMA on all "
            "others as in HCL's documentation of releases 10 to 12."
        ),
    )

    probe_request = models.CharField(
        max_length=255,
        blank=True,
        default=HostProfile.probe_request,
        validators=[
            RegexValidator(
                rf"^{WEB_REQUEST}\Z", "Enter a method and a path, for example POST /traveler/sync."
            )
        ],
        help_text=(
            "The request by which a device syncs, as a method and a path with {user} and {device}. "
            "The last step of a migration sends it as the pool's probe user. Empty: no probe."
        ),
    )

    answer_words = models.TextField(
        default=HostProfile.answer_words,
        help_text=(
            "How the answers of the console and of travelerUtil are read: a meaning, “=”, and its "
            "words in any case, with commas between them. English and German are given; add those "
            "of other languages. Preflight shows what it could not read."
        ),
    )

    transfer_progress = _pattern(
        HostProfile.transfer_progress,
        "A regular expression for a line that says how far a server's own transfer is. It may "
        "name (?P<percent>…), or (?P<done>…) and (?P<total>…).",
    )
    transfer_end = _pattern(
        HostProfile.transfer_end, "For a line that says that the transfer is complete."
    )
    transfer_failure = _pattern(
        HostProfile.transfer_failure,
        "For a line that says that the transfer has failed; the migration then stops for a person.",
    )
    transfer_silence = models.PositiveIntegerField(
        default=HostProfile.transfer_silence,
        validators=[MinValueValidator(10)],
        help_text="Seconds without a new line after which the migration warns. It never fails "
        "for it.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def transfer_patterns(self) -> TransferPatterns:
        """What says progress, end and failure of a server's own transfer.

        Raises ProfileIncomplete for one that was entered before patterns were held to RE2.
        """
        for label, reason in self.refused_patterns.items():
            raise ProfileIncomplete(f"The {label} of “{self}”: {reason}")
        return TransferPatterns(self.transfer_progress, self.transfer_end, self.transfer_failure)

    @property
    def refused_patterns(self) -> dict[str, str]:
        """Why a pattern cannot be used, by the name of its field as the form shows it."""
        refused = {}
        for name in PATTERNS:
            try:
                compile_pattern(getattr(self, name))
            except PatternRefused as error:
                refused[name.replace("_", " ")] = str(error)
        return refused

    def host_profile(self) -> HostProfile:
        """The same values as the gateways take them."""
        return HostProfile(
            **{field.name: getattr(self, field.name) for field in fields(HostProfile)}
        )
