"""What a view shows over time: reloaded, twice, without its kernel, counting down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.widget_page import BELL, rows, widget

if TYPE_CHECKING:
    from tests.browser.conftest import OpenNotebook


def test_a_reloaded_page_and_a_second_view_show_the_same(open_notebook: OpenNotebook) -> None:
    page = open_notebook(
        [
            BELL + "session = Session(max_time='30m', name='twice'); session",
            "session.run(bell).result(); session",
            "session.run(bell).result(); None",
        ]
    )
    page.run_cell(0)
    page.run_cell(1)
    for index in (0, 1):
        expect(rows(page, index)).to_have_count(1)

    page.reload()
    for index in (0, 1):
        expect(rows(page, index)).to_have_count(1)
    page.run_cell(2)
    for index in (0, 1):
        expect(rows(page, index)).to_have_count(2)
    widget(page, 1).get_by_role("button", name="Run", exact=True).click()
    for index in (0, 1):
        expect(rows(page, index)).to_have_count(3)


def test_the_countdowns_run_in_the_page(open_notebook: OpenNotebook) -> None:
    page = open_notebook(
        [BELL + "session = Session(max_time='30m'); session", "session.run(bell).result(); None"]
    )
    page.run_cell(0)
    page.run_cell(1)
    remaining = widget(page).get_by_role("timer", name="Time remaining", exact=True)
    idle = widget(page).get_by_role("timer", name="Idle time remaining")
    expect(remaining).to_contain_text("29:5")
    expect(idle).to_contain_text("0:5")
    first = idle.inner_text()
    expect(idle).not_to_have_text(first)


def test_a_dead_kernel_greys_the_view_out(open_notebook: OpenNotebook) -> None:
    page = open_notebook([BELL + "session = Session(max_time='30m'); session.run(bell); session"])
    page.run_cell(0)
    expect(rows(page)).to_have_count(1)
    page.restart_kernel()
    view = widget(page)
    expect(view.get_by_text("The kernel is gone")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    run = view.get_by_role("button", name="Run", exact=True)
    expect(run).to_have_attribute("aria-disabled", "true")
    page.screenshot("dead-kernel", view)
