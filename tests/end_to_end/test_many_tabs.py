"""Many tabs of one browser, which has six connections to a hall for all of them."""

from __future__ import annotations

from typing import Any

from shared.link.link import Link
from tests.backends import Premises
from tests.end_to_end.test_phone import (  # noqa: F401  # admin and phones are fixtures
    admin,
    call,
    happens,
    on_a_phone,
    phones,
    pytestmark,
    take,
)

HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""What a browser does to a hidden tab; the headless one of these tests treats all tabs as visible."""


def another(page: Any, path: str) -> Any:
    """One more tab of the same browser."""
    tab = page.context.new_page()
    tab.goto(path)
    return tab


@on_a_phone()
def test_eight_tabs_of_ended_tickets_all_answer(page: Any, admin: Link, premises: Premises) -> None:  # noqa: F811
    take(page)
    page.get_by_text("Leave the queue", exact=True).tap()
    page.get_by_role("button", name="Yes, leave the queue").tap()
    page.get_by_text("You have left the queue").wait_for()
    tabs = [another(page, page.url) for _ in range(8)]
    assert all(tab.get_by_text("You have left the queue").is_visible() for tab in tabs)


@on_a_phone()
def test_hidden_tabs_disconnect_and_are_up_to_date_when_shown_again(
    page: Any,
    admin: Link,  # noqa: F811
    premises: Premises,
) -> None:
    tabs = []
    for _ in range(8):
        tab = another(page, "/h/clinic")
        tab.evaluate(HIDE, True)
        assert tab.evaluate("source === undefined")
        tabs.append(tab)
    mine = take(page)
    tabs[0].evaluate(HIDE, False)
    tabs[0].locator("#mine", has_text=mine).wait_for(timeout=1000)


@on_a_phone()
def test_of_a_tickets_hidden_tabs_one_listens_and_hears_the_call(
    page: Any,
    admin: Link,  # noqa: F811
    premises: Premises,
) -> None:
    mine = take(page)
    tabs = [page]
    for _ in range(7):
        tabs[-1].evaluate(HIDE, True)
        tabs.append(another(page, page.url))
    tabs[-1].evaluate(HIDE, True)
    listening = alone(tabs)
    tabs.remove(listening)
    listening.close()
    heir = alone(tabs)
    assert call(admin) == mine
    happens(heir, "live.dataset.state === 'called'")
    other = next(tab for tab in tabs if tab is not heir)
    other.evaluate(HIDE, False)
    happens(other, "live.dataset.state === 'called'")


def alone(tabs: list[Any]) -> Any:
    """The one tab that keeps a connection, once there is only one."""
    while len(found := [tab for tab in tabs if tab.evaluate("source !== undefined")]) != 1:
        tabs[0].wait_for_timeout(20)
    return found[0]
