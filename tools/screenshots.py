"""Every page of a running console as pictures: `python -m tools.screenshots`.

Signs in as the accounts that `make demo` made, follows the links of each page, and takes one
picture a kind of page, light and dark, 390 and 1280 px wide.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import BrowserContext, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
WIDTHS = {390: 844, 1280: 900}
THEMES = ("light", "dark")
# One picture of a kind is enough: /servers/3/ and /servers/4/ are the same kind. But more than one
# is opened, because only one of them may lead on to a kind that is new.
OPENED_OF_A_KIND = 4
VARIABLE = re.compile(r"/(\d+|(?<=pools/)(?!add/)[a-z0-9-]+)(?=/)")
# Not pages of ours, or not pages at all.
LEFT_OUT = re.compile(r"^/(admin|api|static|ws)/|\.(svg|txt|json|zip)$|/sign-out/|/print/")
SEARCHES = ("/find/?q=ad", "/find/?q=nobody-is-called-so", "/nothing-is-here/")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the running console")
    parser.add_argument(
        "--accounts", type=Path, default=Path("var/demo/accounts.json"), help="name: password"
    )
    parser.add_argument("--output", type=Path, default=Path("screenshots"))
    parser.add_argument("--only", default="", help="kinds of pages whose name contains this")
    options = parser.parse_args()
    accounts: dict[str, str] = json.loads(options.accounts.read_text())

    options.output.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        executable = str(CHROMIUM) if CHROMIUM.exists() else None
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for person, password in accounts.items():
            context = browser.new_context(base_url=options.url, reduced_motion="reduce")
            photograph(context, person, password, output=options.output, only=options.only)
            context.close()
        browser.close()


def photograph(
    context: BrowserContext, person: str, password: str, *, output: Path, only: str
) -> None:
    """All kinds of pages that this person reaches, in every width and theme."""
    page = context.new_page()
    page.goto("/accounts/sign-in/")
    take(page, output, "sign-in", only)
    page.get_by_label("Name").fill(person)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    for path in [*kinds_of_pages(page), *SEARCHES]:
        name = f"{person}-{name_of(path)}"
        if only in name:
            page.goto(path)
            take(page, output, name, only)


def kinds_of_pages(page: Page) -> Iterator[str]:
    """One address a kind, found by following links from the page that is open."""
    waiting = [urlsplit(page.url).path]
    opened: Counter[str] = Counter()
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        kind = VARIABLE.sub("/n", path)
        if path in seen or LEFT_OUT.search(path) or opened[kind] == OPENED_OF_A_KIND:
            continue
        seen.add(path)
        opened[kind] += 1
        response = page.goto(path)
        if response is None or not response.ok:
            continue
        if opened[kind] == 1:
            yield path
            page.goto(path)
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        here = urlsplit(page.url)
        for link in links:
            parts = urlsplit(urljoin(page.url, link))
            if parts.netloc == here.netloc:
                waiting.append(parts.path)


def name_of(path: str) -> str:
    """`/servers/3/edit/` is `servers-n-edit`."""
    kind = VARIABLE.sub("/n", path)
    return re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-") or "overview"


def take(page: Page, output: Path, name: str, only: str) -> None:
    """The whole page in each width and theme; the whole height, as far as it goes."""
    if only not in name:
        return
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("document.documentElement.removeAttribute('data-theme')")
            page.screenshot(path=output / f"{name}-{width}-{theme}.png", full_page=True)


if __name__ == "__main__":
    main()
