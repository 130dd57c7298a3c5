"""Everybody can use the view: in each state, on each host, at each width, by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import RESULTS
from tests.browser.gallery.gallery_page import AXE, RUN_AXE, GalleryPage, Violation
from tests.browser.gallery.hosts import hosts
from tests.browser.gallery.states import EXHIBITS
from tests.browser.widget_page import GATED, rows_that_are, widget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser

    from tests.browser.conftest import OpenNotebook

HOSTS = hosts()
LAB = "lab-light"
LAB_HOSTS = ["lab-light", "lab-dark", "lab-high-contrast"]
UNLIKE = ["lab-light", "lab-dark", "vscode-dark", "forced-colors"]
"""Hosts that have little in common."""
EACH_HOST = [
    pytest.param(host, marks=[] if host in UNLIKE else [pytest.mark.extended]) for host in HOSTS
]
COLOURFUL = [
    "not-started",
    "waiting",
    "backend-paused",
    "active",
    "idle-paid",
    "bill",
    "stale",
    "confirming",
    "counts",
    "failure",
    "device",
    "expired",
]
"""Exhibits that have every colour between them."""

SMALLEST_PICTURE_BYTES = 5_000
PICTURES = RESULTS / "screenshots" / "gallery"
MOST_STOPS = 40
"""How often Tab may have to be pressed to pass the view."""

LAB_THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]


class OpenGallery(Protocol):
    """What the ``open_gallery`` fixture gives."""

    def __call__(
        self, host: str = LAB, *, width: int = 900, locale: str = "en-US", moves: bool = False
    ) -> GalleryPage:
        """Open a page of a host's looks."""


@pytest.fixture
def open_gallery(browser: Browser) -> Iterator[OpenGallery]:
    """Open pages of the gallery; when the test ends, check their consoles."""
    pages: list[GalleryPage] = []

    def open_(
        host: str = LAB, *, width: int = 900, locale: str = "en-US", moves: bool = False
    ) -> GalleryPage:
        page = GalleryPage(browser, HOSTS[host], width=width, locale=locale, moves=moves)
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert [problem for page in pages for problem in page.problems] == []


# ---- Rules


@pytest.mark.parametrize("host", EACH_HOST)
def test_axe_finds_nothing_wrong_with_any_state(open_gallery: OpenGallery, host: str) -> None:
    found = look_at(open_gallery(host), EXHIBITS if host in LAB_HOSTS else COLOURFUL)
    assert found == {}


@pytest.mark.extended
def test_axe_finds_nothing_wrong_with_a_narrow_view(open_gallery: OpenGallery) -> None:
    assert look_at(open_gallery(width=360), EXHIBITS) == {}


def look_at(page: GalleryPage, names: Iterable[str]) -> dict[str, list[Violation]]:
    """What axe finds, by exhibit."""
    found = {}
    for name in names:
        page.show(name)
        if violations := page.violations():
            found[name] = violations
    return found


def test_axe_sees_what_is_wrong_here(open_gallery: OpenGallery) -> None:
    page = open_gallery()
    view = page.show("active")
    view.evaluate("view => view.style.setProperty('--qs-fg', '#bbb')")
    assert [violation.rule for violation in page.violations()] == ["color-contrast"]


def test_axe_finds_nothing_in_jupyterlab(open_notebook: OpenNotebook) -> None:
    page = open_notebook(
        [GATED + "session.add_program(bell, name='bell')\nsession.run(bell)\nsession"]
    )
    page.run_cell(0)
    expect(rows_that_are(page, "RUNNING")).to_have_count(1)
    page.page.add_script_tag(path=AXE)
    for theme in LAB_THEMES:
        page.page.evaluate("theme => window.qsessionDriver.setTheme(theme)", theme)
        page.page.wait_for_function("theme => window.qsessionDriver.isTheme(theme)", arg=theme)
        dark = "dark" if "Dark" in theme else "light"
        expect(widget(page)).to_have_attribute("data-theme", dark)
        assert page.page.evaluate(RUN_AXE.replace("#stage", ".qsession")) == [], theme


# ---- Looks


def test_nothing_sticks_out_at_any_width(open_gallery: OpenGallery) -> None:
    page = open_gallery()
    found = {}
    for name in EXHIBITS:
        page.show(name)
        for width in (320, 360, 480, 600, 760, 1000, 1600):
            page.set_width(width)
            found[name, width] = page.overflowing()
    assert {where: elements for where, elements in found.items() if elements} == {}


def test_what_sticks_out_would_be_seen(open_gallery: OpenGallery) -> None:
    page = open_gallery(width=360)
    page.show("active").locator(".qs-title").evaluate("title => title.style.minWidth = '400px'")
    assert len(page.overflowing()) == 1


@pytest.mark.extended
@pytest.mark.parametrize("width", [360, 900])
@pytest.mark.parametrize("host", [*LAB_HOSTS, "marimo-dark", "vscode-dark"])
def test_pictures_of_states(open_gallery: OpenGallery, host: str, width: int) -> None:
    """For people to look at; what must be right in them is tested above."""
    page = open_gallery(host, width=width)
    for name in COLOURFUL:
        page.show(name)
        picture = PICTURES / f"{name}-{host}-{width}.png"
        page.page.locator("#stage").screenshot(path=picture)
        assert picture.stat().st_size > SMALLEST_PICTURE_BYTES


@pytest.mark.parametrize("host", HOSTS)
def test_the_view_finds_out_what_it_stands_on(open_gallery: OpenGallery, host: str) -> None:
    view = open_gallery(host).show("active")
    expect(view).to_have_attribute("data-theme", "dark" if HOSTS[host].is_dark else "light")


def test_nothing_moves_for_readers_who_do_not_want_it(open_gallery: OpenGallery) -> None:
    count = "view => view.getAnimations({ subtree: true }).length"
    assert open_gallery(moves=True).show("active").evaluate(count) > 0
    assert open_gallery(moves=False).show("active").evaluate(count) == 0


@pytest.mark.parametrize(
    ("locale", "end", "share"),
    [("en-US", r"ends 03:00\sPM", "19%"), ("de-DE", "ends 15:00", r"19\s%")],
)
def test_times_and_numbers_are_the_readers(
    open_gallery: OpenGallery, locale: str, end: str, share: str
) -> None:
    view = open_gallery(locale=locale).show("active")
    expect(view.locator(".qs-remaining")).to_contain_text(re.compile(end))
    expect(view.locator(".qs-usage")).to_contain_text(re.compile(share))


LOOKS = """node => {
  const style = getComputedStyle(node);
  const { backgroundColor, borderInlineStartColor, borderInlineStartWidth } = style;
  return [backgroundColor, borderInlineStartColor, borderInlineStartWidth].join(" ");
}"""


@pytest.mark.parametrize("host", ["forced-colors", "forced-colors-dark"])
def test_what_colours_tell_is_seen_where_the_system_replaces_them(
    open_gallery: OpenGallery, host: str
) -> None:
    def looks(selector: str) -> str:
        found: str = view.locator(selector).first.evaluate(LOOKS)
        return found

    def ground(selector: str) -> str:
        return looks(selector).partition(")")[0]

    page = open_gallery(host)
    view = page.show("counts")
    assert ground(".qs-bar-track > i") != ground(".qs-card")
    assert looks(".qs-job[aria-selected=true]") != looks(".qs-job[aria-selected=false]")
    assert looks(".qs-switch [aria-pressed=true]") != looks(".qs-switch [aria-pressed=false]")
    view = page.show("values")
    assert ground(".qs-point") != ground(".qs-card")
    view = page.show("compared-values")
    assert ground(".qs-point.qs-reference") != ground(".qs-point:not(.qs-reference)")


# ---- Keyboard


@pytest.mark.parametrize("host", [LAB, "marimo-dark", "forced-colors"])
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(
    open_gallery: OpenGallery, host: str
) -> None:
    page = open_gallery(host)
    page.show("active")
    reached: list[str] = []
    page.page.keyboard.press("Tab")
    while (name := page.focused()) and len(reached) < MOST_STOPS:
        reached.append(name)
        page.page.keyboard.press("Tab")
    assert len(reached) < MOST_STOPS, "the view holds on to the focus, or is a long way round"
    assert not [name for name in reached if name.endswith("(unseen)")]
    expected = {"Copy session ID", "Notify when a job ends", "Close session", "Cancel session"}
    assert expected | {"Run"} <= set(reached)


def test_a_question_is_answered_by_keyboard(open_gallery: OpenGallery) -> None:
    page = open_gallery()
    view = page.show("active")
    ending = view.get_by_role("button", name="Cancel session")
    ending.focus()
    page.page.keyboard.press("Enter")
    expect(view.get_by_role("button", name="Keep")).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(ending).to_be_focused()
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Tab")
    expect(view.get_by_role("button", name="Yes, cancel")).to_be_focused()
    page.page.keyboard.press("Space")
    sent = page.page.evaluate("window.model.sent.map(({ action }) => action)")
    assert sent[-1] == "cancel_session"
    expect(ending).to_be_focused()


def test_the_focus_stays_when_news_comes(open_gallery: OpenGallery) -> None:
    page = open_gallery()
    view = page.show("idle-paid")
    traits = EXHIBITS["active"].traits()
    dismiss = view.get_by_role("button", name="Dismiss notice")
    ending = view.get_by_role("button", name="Close session")
    for control in (ending, dismiss):
        control.focus()
        page.receive({"kind": "delta", **traits, "seq": 2, "head": {}, "rows": []})
        expect(control).to_be_focused()
    page.receive({"kind": "delta", **traits, "seq": 3})
    expect(dismiss).to_have_count(0)
    page.page.keyboard.press("Tab")
    assert page.focused() != "Copy session ID", "the focus fell to the top of the page"


# ---- Announcements


def test_a_warning_is_announced_politely_and_an_error_at_once(open_gallery: OpenGallery) -> None:
    page = open_gallery()
    view = page.show("time-last")
    expect(view.get_by_role("status")).to_contain_text("Less than 1 m left")
    expect(view.get_by_role("alert")).to_be_empty()
    expect(page.show("error").get_by_role("alert")).to_contain_text("503")
    assert (
        view.locator("[aria-live], [role=status], [role=alert]").evaluate_all(
            "nodes => nodes.filter(node => node.getAttribute('aria-live') !== 'off').length"
        )
        == 2
    )


def test_the_browser_notifies_once_the_reader_has_asked_for_it(open_gallery: OpenGallery) -> None:
    page = open_gallery()
    page.context.grant_permissions(["notifications"])
    page.page.evaluate("""() => {
      window.notified = [];
      const Real = window.Notification;
      window.Notification = class extends Real {
        constructor(title, options) {
          super(title, options);
          window.notified.push([title, options.body]);
        }
      };
      Object.defineProperty(document, "hidden", { get: () => true });
    }""")
    view = page.show("active")
    row = ["d3k9fa7c2q0020", "ansatz", "estimator", "DONE"]
    delta = {"kind": "delta", "seq": 2, "head": EXHIBITS["active"].traits()["head"]}
    [running] = [r for r in EXHIBITS["active"].traits()["rows"] if r[3] == "RUNNING"]
    assert running[:3] == row[:3]
    page.receive({**delta, "rows": [[*row, *running[4:]]]})
    expect(view.get_by_role("status")).to_contain_text("done")
    assert page.page.evaluate("window.notified") == []

    view.get_by_role("button", name="Notify when a job ends").click()
    expect(view.get_by_role("button", name="Notify when a job ends", pressed=True)).to_be_visible()
    view = page.show("active")
    expect(view.get_by_role("button", name="Notify when a job ends", pressed=True)).to_be_visible()
    page.receive({**delta, "rows": [[*row, *running[4:]]]})
    page.page.wait_for_function("window.notified.length > 0")
    assert page.page.evaluate("window.notified") == [
        ["Job d3k9…0020 (ansatz) done", "vqe-h2 on ibm_torino"]
    ]
