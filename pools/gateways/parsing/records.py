"""Records out of printed text: a table, or `field: value` lines, by the names of the fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# A line that holds fewer known names is a sentence, not the head of a table.
_FEWEST_NAMES = 2
_RULE = re.compile(r"[\s|+=_\-*]+")
_GAP = re.compile(r"\s*[|\t]\s*|\s{2,}")
# A colon within a word (a time, an address) makes no field. The name begins with no blank, so that
# a line of blanks is tried one way only.
_FIELD = re.compile(r"\s*(?P<name>[^\s:=][^:=]{0,59}?)\s*(?:=|:(?=\s|$))(?P<value>.*)$")


def fold(name: str) -> str:
    """Return a field name without case, spaces and punctuation, for comparing."""
    return "".join(character for character in name.casefold() if character.isalnum())


@dataclass(slots=True)
class Record:
    """One thing that was printed: known fields by key, unknown ones by their printed name."""

    known: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: where its name starts in the header, and its key ('' when unknown)."""

    start: int
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table; `loose`: only single spaces part them, so cells hold none."""

    columns: tuple[Column, ...]
    loose: bool


class FieldNames:
    """The spellings of each known field, and how to recognise them in a line.

    spellings: key → names as printed, e.g. `{"alive": ("Alive",)}`.
    """

    def __init__(self, spellings: Mapping[str, Sequence[str]]) -> None:
        self._keys = {fold(name): key for key, names in spellings.items() for name in names}
        names = sorted((n for group in spellings.values() for n in group), key=len, reverse=True)
        joined = "|".join(r"\s?".join(map(re.escape, name.split())) for name in names)
        self._anywhere = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)
        self._at_start = re.compile(rf"\s*(?P<name>{joined})\s*[:=](?P<value>.*)$", re.IGNORECASE)

    def key_of(self, name: str) -> str:
        """Return the key of a printed name, or ''."""
        return self._keys.get(fold(name), "")

    def read_field(self, line: str) -> tuple[str, str, str] | None:
        """Return (key, printed name, value) of a `field: value` line; key '' when unknown."""
        match = self._at_start.match(line) or _FIELD.match(line)
        if match is None:
            return None
        return self.key_of(match["name"]), match["name"], match["value"].strip()

    def read_header(self, line: str, *, identity: str) -> Header | None:
        """Return the columns when `line` heads a table: the identity and another known name."""
        spans = [(match.start(), match.end()) for match in self._anywhere.finditer(line)]
        if len(spans) < _FEWEST_NAMES or self._at_start.match(line):
            return None
        columns = [
            Column(start, line[start:end], self.key_of(line[start:end])) for start, end in spans
        ]
        if identity not in {column.key for column in columns}:
            return None
        edges = [0, *(edge for span in spans for edge in span), len(line)]
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            columns += _unknown_columns(line, left, right)
        columns.sort(key=lambda column: column.start)
        return Header(tuple(columns), loose=not _GAP.search(line.strip()))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A column whose cells are known by their form, so that a row can be read from there.

    A cell wider than its column, or one with blanks, moves all that follow it.
    """

    key: str
    form: re.Pattern[str]


def read_records(
    lines: Iterable[str], names: FieldNames, *, identity: str, anchor: Anchor | None = None
) -> tuple[list[Record], list[str]]:
    """Read every record in `lines`; also return what fitted nowhere.

    identity: the key that every record has. A repeated field starts the next record, and so does
    an empty line or rule once the identity is known.
    """
    reader = _Reader(names, identity, anchor)
    for line in lines:
        reader.read(line)
    return reader.finish()


class _Reader:
    def __init__(self, names: FieldNames, identity: str, anchor: Anchor | None) -> None:
        self.names = names
        self.identity = identity
        self.anchor = anchor
        self.records: list[Record] = []
        self.unread: list[str] = []
        self.table: Header | None = None
        self.current: Record | None = None

    def read(self, line: str) -> None:
        if not line.strip():
            self.table = None
            self._end_record()
        elif _RULE.fullmatch(line):
            self._end_record()
        elif header := self.names.read_header(line, identity=self.identity):
            self.table, self.current = header, None
        elif not self._read_row(line) and not self._read_field(line):
            self.unread.append(line.strip())

    def finish(self) -> tuple[list[Record], list[str]]:
        complete = []
        for record in self.records:
            if record.known.get(self.identity):
                complete.append(record)
            else:
                fields = record.known | record.unknown
                self.unread += [f"{name}: {value}" for name, value in fields.items()]
        return complete, self.unread

    def _end_record(self) -> None:
        if self.current is not None and self.identity in self.current.known:
            self.current = None

    def _read_row(self, line: str) -> bool:
        row = _read_row(line, self.table, self.anchor) if self.table is not None else None
        if row is None or not row.known.get(self.identity):
            return False
        self.records.append(row)
        return True

    def _read_field(self, line: str) -> bool:
        read = self.names.read_field(line)
        if read is None or (not read[0] and self.current is None):
            return False
        key, name, value = read
        if self.current is None or (key and key in self.current.known):
            self.current = Record()
            self.records.append(self.current)
        if key:
            self.current.known[key] = value
        else:
            self.current.unknown[name] = value
        return True


def _unknown_columns(line: str, left: int, right: int) -> list[Column]:
    return [
        Column(left + match.start(), match[0], "")
        for match in re.finditer(r"[^\s|]+(?: [^\s|]+)*", line[left:right])
    ]


def _read_row(line: str, table: Header, anchor: Anchor | None) -> Record | None:
    cells = _cells_by_gap(line, len(table.columns)) or _cells_by_position(line, table.columns)
    if anchor is not None and not _is_anchored(cells, table, anchor):
        cells = _cells_by_anchor(line, table, anchor) or cells
    if cells is None and table.loose:
        cells = line.split()
    if cells is None or len(cells) != len(table.columns):
        return None
    record = Record()
    for column, cell in zip(table.columns, cells, strict=True):
        if column.key:
            record.known[column.key] = cell
        elif cell:
            record.unknown[column.name] = cell
    return record


def _is_anchored(cells: list[str] | None, table: Header, anchor: Anchor) -> bool:
    """Whether the cells were cut where the anchor's cell is a whole one."""
    return cells is not None and any(
        column.key == anchor.key and anchor.form.fullmatch(cell)
        for column, cell in zip(table.columns, cells, strict=True)
    )


def _cells_by_anchor(line: str, table: Header, anchor: Anchor) -> list[str] | None:
    """Cut the line around the anchor's cell: before it, only the first cell may hold blanks."""
    found = anchor.form.search(line)
    keys = [column.key for column in table.columns]
    if found is None or anchor.key not in keys:
        return None
    before, after = keys.index(anchor.key), len(keys) - keys.index(anchor.key) - 1
    left = line[: found.start()].rsplit(None, before - 1) if before else []
    rest = line[found.end() :].strip()
    right = _cells_by_gap(rest, after) if after else []
    if right is None:
        right = rest.split() if after > 1 else [rest]
    if len(left) != before or len(right) != after or (not after and rest):
        return None
    return [*(cell.strip() for cell in left), found[0], *right]


def _cells_by_gap(line: str, wanted: int) -> list[str] | None:
    text = line.strip()
    if "|" in text:
        cells = [cell.strip() for cell in text.strip("|").split("|")]
    else:
        cells = _GAP.split(text)
    return cells if len(cells) == wanted else None


def _cells_by_position(line: str, columns: Sequence[Column]) -> list[str] | None:
    """Cut the line where the header's names start: how an empty cell is recognised."""
    starts = [column.start for column in columns]
    if "|" in line or any(
        start and start <= len(line) and not line[start - 1 : start].isspace() for start in starts
    ):
        return None
    ends = [*starts[1:], len(line)]
    cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    return cells if sum(map(bool, cells)) > 1 else None
