"""notes.ini: reading parameters, and whether Traveler may change the database schema."""

from __future__ import annotations

from dataclasses import dataclass

from pools.domain.lines import split_lines
from pools.domain.versions import parse_version

# The vendor's documentation has the first spelling, the article the second (domain.md 4).
AUTO_SCHEMA_SPELLINGS = ("NTS_AUTO_DBSCHEMA", "NTS_AUTO_DB_SCHEMA")

# The release that the article is about.
ARTICLE_RELEASE = (8, 5)

# More than this goes into lists that end in _EXT.
LONGEST_VALUE = 256

_NO = frozenset({"false", "0", "no", "off"})
_YES = frozenset({"true", "1", "yes", "on"})


@dataclass(frozen=True, slots=True)
class NotesIni:
    """The parameters in file order, as written; a parameter may stand there twice."""

    entries: tuple[tuple[str, str], ...]

    def get(self, parameter: str) -> str | None:
        """Return the first value of a parameter, whatever its case; None when it is not set."""
        values = self.values(parameter)
        return values[0] if values else None

    def values(self, parameter: str) -> list[str]:
        """Return every value of a parameter, in file order."""
        wanted = parameter.casefold()
        return [value for name, value in self.entries if name.casefold() == wanted]


@dataclass(frozen=True, slots=True)
class AutoSchema:
    """Whether Traveler changes the schema itself, and what is odd about how that is set.

    automatic: True also when nothing is set, the default; None when it cannot be known.
    """

    automatic: bool | None
    found: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def parse(text: str) -> NotesIni:
    """Read the content of a notes.ini; lines that are no `name=value` are passed over."""
    entries = []
    for line in split_lines(text.lstrip("\ufeff")):
        name, equals, value = line.partition("=")
        name = name.strip()
        if equals and name and not name.startswith((";", "[")):
            entries.append((name, value.strip()))
    return NotesIni(tuple(entries))


def documented_spelling(version: str) -> str:
    """The spelling of the source that is about this release; the vendor's where none is."""
    vendors, articles = AUTO_SCHEMA_SPELLINGS
    release = parse_version(version)
    return articles if release is not None and release.numbers[:2] == ARTICLE_RELEASE else vendors


def read_auto_schema(ini: NotesIni, *, parameter: str = AUTO_SCHEMA_SPELLINGS[0]) -> AutoSchema:
    """Read the auto-schema parameter in both spellings.

    parameter: the spelling this release obeys.
    """
    spellings = dict.fromkeys((parameter, *AUTO_SCHEMA_SPELLINGS))
    found = [(name, value) for name in spellings for value in ini.values(name)]
    remarks = [
        f"{name} is set, but this release reads {parameter}."
        for name in spellings
        if name != parameter and ini.values(name) and not ini.values(parameter)
    ]
    verdicts = {_truth(value) for _name, value in found}
    remarks += [
        f"{name}={value} is neither true nor false."
        for name, value in found
        if _truth(value) is None
    ]
    if len(verdicts) > 1:
        stated = ", ".join(f"{name}={value}" for name, value in found)
        remarks.append(f"The settings contradict one another: {stated}.")
    automatic = True if not verdicts else verdicts.pop() if len(verdicts) == 1 else None
    return AutoSchema(automatic, tuple(found), tuple(remarks))


@dataclass(frozen=True, slots=True)
class AutoSchemaLint:
    """What is wrong with the auto-schema parameter for one mode of the database.

    obeyed: whether Traveler changes the schema, going by the spelling this release reads; None
        when that cannot be known. `problems` are sentences. `write` is the line that is missing
        in the file, or empty; `take_out` are lines that should go, as they stand there.
    """

    obeyed: bool | None
    problems: tuple[str, ...]
    write: str
    take_out: tuple[str, ...]


def lint_auto_schema(
    ini: NotesIni, *, parameter: str = AUTO_SCHEMA_SPELLINGS[0], automatic: bool
) -> AutoSchemaLint:
    """Compare the parameter, in all spellings, with the mode that the pool's database is set to.

    parameter: the spelling this release obeys. automatic: the mode.
    """
    spellings = {each.casefold() for each in (parameter, *AUTO_SCHEMA_SPELLINGS)}
    stated = [(name, value) for name, value in ini.entries if name.casefold() in spellings]
    truths = {_truth(value) for value in ini.values(parameter)} or {True}
    seen: set[str] = set()
    twice: dict[str, str] = {}
    take_out = []
    for name, value in stated:
        if name.casefold() in seen:
            twice[name.casefold()] = name
        if name.casefold() in seen or _truth(value) is not automatic:
            take_out.append(f"{name}={value}")
        if _truth(value) is automatic:
            seen.add(name.casefold())
    missing = not automatic and parameter.casefold() not in seen
    return AutoSchemaLint(
        obeyed=truths.pop() if len(truths) == 1 else None,
        problems=(
            *read_auto_schema(ini, parameter=parameter).remarks,
            *(f"{name} is set more than once." for name in twice.values()),
        ),
        # To return to the automatic mode the vendor has the line taken out (domain.md 4).
        write=f"{parameter}=false" if missing else "",
        take_out=tuple(take_out),
    )


def long_values(ini: NotesIni) -> tuple[str, ...]:
    """The Traveler parameters whose value is longer than notes.ini takes (domain.md 4)."""
    return tuple(
        name
        for name, value in ini.entries
        if name.casefold().startswith("nts_") and len(value) > LONGEST_VALUE
    )


def _truth(value: str) -> bool | None:
    folded = value.strip().strip('"').casefold()
    if folded in _YES:
        return True
    return False if folded in _NO else None
