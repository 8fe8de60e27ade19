"""Names, literals and comments as each engine reads them: nothing that was typed can end them."""

from __future__ import annotations

import shlex


def double_quoted(name: str) -> str:
    """A name for PostgreSQL and Db2."""
    return '"' + _plain(name).replace('"', '""') + '"'


def bracketed(name: str) -> str:
    """A name for SQL Server."""
    return "[" + _plain(name).replace("]", "]]") + "]"


def backticked(name: str) -> str:
    """A name for MySQL."""
    return "`" + _plain(name).replace("`", "``") + "`"


def literal(text: str) -> str:
    """A string where a backslash is an ordinary character: all engines but MySQL."""
    return "'" + _plain(text).replace("'", "''") + "'"


def national_literal(text: str) -> str:
    """A Unicode string for SQL Server."""
    return "N" + literal(text)


def mysql_literal(text: str) -> str:
    """A string for MySQL, where a backslash escapes."""
    return literal(text.replace("\\", "\\\\"))


def in_comment(text: str) -> str:
    """On one line, whatever was typed: a line break would end the comment."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())


def shell_word(text: str) -> str:
    """An argument of a command line that stands in a comment."""
    return shlex.quote(in_comment(text))


def _plain(text: str) -> str:
    """Names and strings stand on one line; forms have refused anything else before."""
    if any(not character.isprintable() for character in text):
        raise ValueError("A name or text holds a character that cannot be printed.")
    return text
