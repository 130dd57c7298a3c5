"""A browser page that shows exhibits of the gallery the way a host would."""

from __future__ import annotations

import mimetypes
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.browser.gallery.states import EXHIBITS
from tests.browser.own_server import REPOSITORY
from tests.unit.story import at

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Route

    from tests.browser.gallery.hosts import Host

ORIGIN = "https://gallery.test"
"""Nothing listens there: every request is answered by the page itself. Browsers trust https."""
FILES = {
    "/widget.js": REPOSITORY / "src/qsession/static/widget.js",
    "/widget.css": REPOSITORY / "src/qsession/static/widget.css",
    "/page.js": Path(__file__).with_name("page.js"),
}
PADDING = 24
"""How much wider the page is than the view, in CSS pixels."""

AXE = REPOSITORY / "node_modules/axe-core/axe.min.js"

DOCUMENT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Gallery</title><style>{css}</style></head>
<body {attributes} style="margin: 0; background: {background}">
<main id="stage" style="padding: {padding}px"></main>
<script type="module" src="/page.js"></script>
</body>
</html>
"""

RUN_AXE = """async () => {
  const { violations } = await axe.run("#stage", {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    // The view is a part of somebody else's page.
    rules: { "page-has-heading-one": { enabled: false }, region: { enabled: false } },
  });
  return violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ target, any }) =>
      `${target.flat().join(" ")}: ${any.map(({ message }) => message).join("; ")}`),
  }));
}"""


FIND_OVERFLOW = """view => {
  const edge = view.getBoundingClientRect().right + 0.5;
  const isShown = element => element.checkVisibility() && !element.closest(".qs-hidden");
  // What scrolls by itself, or cuts what is too long, may hold more than is seen.
  const isCut = element => {
    for (let at = element.parentElement; at && at !== view; at = at.parentElement)
      if (!at.matches(".qs-card") && getComputedStyle(at).overflowX !== "visible") return true;
    return false;
  };
  return [...view.querySelectorAll("*")]
    .filter(element => isShown(element) && !isCut(element))
    .filter(element => element.getBoundingClientRect().right > edge)
    .map(element => element.outerHTML.slice(0, 120));
}"""

NAME_FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element.closest(".qsession")) return "";
  const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent
    ?? element.textContent.trim();
  const style = getComputedStyle(element);
  return style.outlineStyle === "none" ? `${name} (unseen)` : name;
}"""


class Violation(NamedTuple):
    """A rule of axe that elements of the page break."""

    rule: str
    help: str
    nodes: tuple[str, ...]


class GalleryPage:
    """A page of one host's looks."""

    def __init__(
        self,
        browser: Browser,
        host: Host,
        *,
        width: int = 900,
        locale: str = "en-US",
        moves: bool = False,
    ) -> None:
        """Open it.

        Args:
            browser: Where.
            host: Whose looks it has.
            width: The width of the view in CSS pixels.
            locale: The reader's language.
            moves: Whether the reader has nothing against motion.
        """
        self._host = host
        self.context = browser.new_context(
            viewport={"width": width + PADDING, "height": 1000},
            locale=locale,
            timezone_id="Europe/Berlin",
            color_scheme="dark" if host.color_scheme == "dark" else "light",
            forced_colors="active" if host.forced_colors else "none",
            reduced_motion="no-preference" if moves else "reduce",
        )
        self.context.route(f"{ORIGIN}/**", self._serve)
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.problems.append(line.text) if line.type == "error" else None,
        )
        self.page.goto(f"{ORIGIN}/")
        self.page.wait_for_function("window.isReady")
        self.page.add_script_tag(path=AXE)

    @property
    def view(self) -> Locator:
        """The view."""
        return self.page.locator(".qsession")

    def show(self, name: str) -> Locator:
        """Show an exhibit, at its time."""
        exhibit = EXHIBITS[name]
        self.page.clock.set_fixed_time(at(exhibit.now))
        shown = {
            "traits": exhibit.traits(),
            "isSaved": exhibit.is_saved,
            "answers": exhibit.answers(),
            "shadowHost": self._host.shadow_host,
        }
        self.page.evaluate("shown => window.show(shown)", shown)
        if exhibit.click:
            self.view.get_by_role("button", name=exhibit.click).click()
        if exhibit.opened:
            self._open_job(exhibit.opened["job_id"])
        if exhibit.device:
            self.view.locator(".qs-device > summary").click()
            self.view.locator(".qs-device .qs-facts dd").first.wait_for()
        if exhibit.compared:
            self.view.get_by_role("button", name="Compare with ideal").click()
            self.view.get_by_text(exhibit.compared["parts"][0]["title"]).wait_for()
        return self.view

    def _open_job(self, job_id: str) -> None:
        self.view.locator(f'[data-job-id="{job_id}"]').click()
        code = self.view.get_by_text(f'session.job("{job_id}")').first
        code.wait_for()

    def set_width(self, width: int) -> None:
        """Resize the view."""
        self.page.set_viewport_size({"width": width + PADDING, "height": 1000})

    def receive(self, message: dict[str, Any]) -> None:
        """Let the page receive a message of the kernel."""
        self.page.evaluate("message => window.model.receive(message)", message)

    def overflowing(self) -> list[str]:
        """What sticks out of the view to the right, or makes the page scroll sideways."""
        found: list[str] = self.view.evaluate(FIND_OVERFLOW)
        return found

    def focused(self) -> str:
        """The name of the control that has the focus, "" outside the view; says if it is unseen."""
        found: str = self.page.evaluate(NAME_FOCUSED)
        return found

    def violations(self) -> list[Violation]:
        """What axe finds wrong with the page."""
        found = self.page.evaluate(RUN_AXE)
        return [Violation(v["id"], v["help"], tuple(v["nodes"])) for v in found]

    def close(self) -> None:
        """Close the page."""
        self.context.close()

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(content_type="text/html", body=self._document())
        elif path in FILES:
            kind = mimetypes.guess_type(path)[0]
            route.fulfill(path=FILES[path], content_type=kind)
        else:
            route.fulfill(status=204)

    def _document(self) -> str:
        attributes = " ".join(f'{name}="{escape(to)}"' for name, to in self._host.body.items())
        return DOCUMENT.format(
            css=self._host.css,
            attributes=attributes,
            background=self._host.background,
            padding=PADDING // 2,
        )
