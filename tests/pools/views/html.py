"""Reading a page as a browser does, for what can be checked without one."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

VOID = frozenset({"base", "br", "circle", "hr", "img", "input", "line", "link", "meta", "path"})


class Page(HTMLParser):
    """Collects what the checks ask for, and complains of elements that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.inline: list[str] = []
        self.mismatched: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.mismatched += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.inline.append(f"<{tag}>")
        self.inline += [
            f"<{tag} {name}>" for name in attributes if name == "style" or name.startswith("on")
        ]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.mismatched.append(f"</{tag}> closes {self._open[-3:]}")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def doubled_ids(self) -> list[str]:
        ids = Counter(attributes["id"] for _, attributes in self.elements if "id" in attributes)
        return [name for name, count in ids.items() if count > 1]

    def unnamed_fields(self) -> list[dict[str, str]]:
        """Controls that neither a label nor an attribute names."""
        labelled = {label["for"] for label in self.all("label") if "for" in label}
        fields = [*self.all("input"), *self.all("select"), *self.all("textarea")]
        return [
            field
            for field in fields
            if field.get("type") not in ("hidden", "submit")
            and field.get("id") not in labelled
            and "aria-label" not in field
        ]
