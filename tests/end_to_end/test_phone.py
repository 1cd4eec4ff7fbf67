"""A customer with a phone, in a real browser on the real backend: from the hall's page to the service point."""

from __future__ import annotations

import functools
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.hall.calling import CallNext, Recall
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint, DeactivatePoint
from shared.hall.serving import StartService
from shared.link.link import Link
from tests.backends import Premises

playwright = pytest.importorskip("playwright.sync_api", reason="the phone needs Playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="the phone needs Chromium")

FLAGS = [
    "--no-sandbox",  # tests may run as root
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "en", "has_touch": True, "is_mobile": True}

LISTEN = """
window.shaken = 0; window.notes = 0;
navigator.vibrate = (pattern) => { window.shaken += pattern.length || 0; return true; };
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.notes += 1; return start.apply(this, at); };
"""
"""Counts what a phone would do with its vibration motor and loudspeaker."""

FAINT = """
() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = rgb(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const pair = [light(rgb(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => a - b);
    const contrast = pair[1] / pair[0];
    if (contrast < 7) faint.push(`${element.textContent.trim()}: ${contrast.toFixed(1)}`);
  }
  return faint;
}
"""
"""The texts of a page that contrast less than 7:1 with their background."""

SMALL = """
() => [...document.querySelectorAll("a, button, summary")].filter((element) => element.checkVisibility())
  .filter((element) => { const box = element.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
  .map((element) => element.textContent.trim())
"""
"""Controls smaller than 44 pixels."""


class Phones:
    """A browser in a thread of its own, so that its loop never meets Qt's."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1)
        self.thread.submit(self._open).result()

    def _open(self) -> None:
        self.playwright = playwright.sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

    def page(self, base: str, **about: Any) -> Any:
        context = self.browser.new_context(**{**PHONE, "base_url": base, **about})
        context.set_default_timeout(10_000)
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    def close(self) -> None:
        self.thread.submit(self._close).result()
        self.thread.shutdown()

    def _close(self) -> None:
        self.browser.close()
        self.playwright.stop()


def on_a_phone(**about: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test in the browser's thread, with a phone of this kind as ``page``. A message of the console fails it."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        def visit(phones: Phones, premises: Premises, admin: Link) -> None:
            page = phones.page(premises.base, **about)
            try:
                test(page, admin, premises)
                assert [text for text in page.complaints if "ERR_" not in text] == []
            finally:
                page.context.close()

        @functools.wraps(test)
        def run(phones: Phones, premises: Premises, admin: Link) -> None:
            phones.thread.submit(visit, phones, premises, admin).result()

        del run.__wrapped__  # type: ignore[attr-defined]  # pytest reads the fixtures from run itself
        return run

    return decorate


@pytest.fixture(scope="module")
def phones() -> Iterator[Phones]:
    there = Phones()
    yield there
    there.close()


@pytest.fixture
def admin(premises: Premises) -> Iterator[Link]:
    """The administrator, with Room 3 open at the beginning and empty at the end."""
    link = premises.admin("database")
    link.do(ActivatePoint(point="3"))
    yield link
    while call(link):
        pass
    link.do(DeactivatePoint(point="3"))
    link.close()


def call(admin: Link) -> str | None:
    """Call the next customer to Room 3; their number."""
    holding = admin.snapshot().points["3"].ticket
    called = admin.do(CallNext(point="3", holding=holding)).result["ticket"]
    return called["label"] if called else None


def happens(page: Any, fact: str) -> None:
    """Wait until the fact is true. (Playwright's own way evaluates text in the page, which its CSP forbids.)"""
    while not page.evaluate(fact):
        page.wait_for_timeout(20)


def take(page: Any, precedence: str = "Regular") -> str:
    """Two touches to a number."""
    page.goto("/")
    page.get_by_role("link", name="General practitioner").tap()
    page.get_by_role("button", name=re.compile(f"^{precedence}\\b")).tap()
    page.wait_for_url("**/t/*")
    return str(page.locator(".label").inner_text())


@on_a_phone()
def test_a_customer_takes_a_number_and_follows_it_to_the_room(page: Any, admin: Link, premises: Premises) -> None:
    admin.do(IssueTicket(service="doctor"))
    admin.do(IssueTicket(service="doctor"))
    mine = take(page)
    page.get_by_text("2 people are ahead of you").wait_for()
    page.get_by_role("button", name="Alert me").tap()
    page.get_by_role("button", name="Sound and vibration are on").wait_for()
    call(admin)
    page.locator(".ahead", has_text="1 p").wait_for()
    call(admin)
    page.get_by_text("You are next").wait_for()
    quiet = page.evaluate("notes")
    assert call(admin) == mine
    page.get_by_text("Please go to Room 3").wait_for()
    assert page.title() == f"{mine} · Go to Room 3"
    happens(page, f"notes > {quiet} && shaken >= 5")
    serve_him(page, admin)


def serve_him(page: Any, admin: Link) -> None:
    ticket = admin.snapshot().points["3"].ticket
    assert ticket
    admin.do(StartService(point="3", ticket=ticket))
    page.get_by_text("You are being served").wait_for()
    call(admin)
    page.get_by_text("Thank you for your visit").wait_for()
    assert page.get_by_role("link", name="Take a new number").is_visible()


@on_a_phone()
def test_a_recall_sounds_and_is_announced_again(page: Any, admin: Link, premises: Premises) -> None:
    mine = take(page)
    page.get_by_role("button", name="Alert me").tap()
    assert call(admin) == mine
    happens(page, "notes >= 8")  # the sample, and the call
    page.evaluate("stopRinging(); notes = 0")
    page.evaluate("""() => new MutationObserver(() => { window.announced = true; })
        .observe(document.querySelector("[aria-live=assertive]"), {childList: true})""")
    admin.do(Recall(point="3", ticket=str(admin.snapshot().points["3"].ticket)))
    happens(page, "notes >= 4 && window.announced")


@on_a_phone()
def test_a_customer_leaves_the_queue_in_two_steps(page: Any, admin: Link, premises: Premises) -> None:
    mine = take(page)
    sure = page.get_by_role("button", name="Yes, leave the queue")
    assert not sure.is_visible()
    page.get_by_text("Leave the queue", exact=True).tap()
    sure.tap()
    page.get_by_text("You have left the queue").wait_for()
    assert mine not in [ticket.label for ticket in admin.snapshot().tickets.values()]


@on_a_phone()
def test_the_question_whether_to_leave_stays_open_while_others_are_called(
    page: Any, admin: Link, premises: Premises
) -> None:
    admin.do(IssueTicket(service="doctor"))
    take(page)
    page.get_by_text("Leave the queue", exact=True).tap()
    call(admin)
    page.get_by_text("You are next").wait_for()
    assert page.get_by_role("button", name="Yes, leave the queue").is_visible()


@on_a_phone()
def test_two_quick_taps_and_a_way_back_give_one_ticket(page: Any, admin: Link, premises: Premises) -> None:
    page.goto("/h/clinic/s/doctor")
    count = len(admin.snapshot().tickets)
    page.get_by_role("button", name="Regular").dblclick()
    page.wait_for_url("**/t/*")
    first = page.locator(".label").inner_text()
    page.reload()
    assert page.locator(".label").inner_text() == first
    assert len(admin.snapshot().tickets) == count + 1


@on_a_phone()
def test_going_back_and_choosing_again_takes_a_new_ticket(page: Any, admin: Link, premises: Premises) -> None:
    first = take(page)
    page.go_back()
    page.get_by_role("button", name=re.compile("^Paid")).tap()
    page.wait_for_url("**/t/*")
    assert page.locator(".label").inner_text() != first


@on_a_phone(java_script_enabled=False)
def test_everything_works_without_javascript(page: Any, admin: Link, premises: Premises) -> None:
    take(page)
    assert page.locator("noscript meta[http-equiv=refresh]").count() == 1
    assert not page.get_by_role("button", name="Alert me").is_visible()
    page.get_by_text("Leave the queue", exact=True).tap()
    page.get_by_role("button", name="Yes, leave the queue").tap()
    page.get_by_text("You have left the queue").wait_for()


@on_a_phone()
def test_the_counts_of_the_hall_follow_by_themselves(page: Any, admin: Link, premises: Premises) -> None:
    page.goto("/h/clinic")
    before = page.locator("[id='waits-cash-desk:regular']").inner_text()
    admin.do(IssueTicket(service="cash-desk"))
    happens(page, f"document.getElementById('waits-cash-desk:regular').innerText !== '{before}'")


@on_a_phone()
def test_a_page_says_that_the_connection_is_gone_and_recovers(page: Any, admin: Link, premises: Premises) -> None:
    mine = take(page)
    premises.kill()
    page.get_by_text("The connection is lost").wait_for()
    assert call(admin) == mine
    premises.serve()
    page.get_by_text("Please go to Room 3").wait_for()
    page.get_by_text("The connection is lost").wait_for(state="detached")


@on_a_phone(locale="ar")
def test_an_arabic_phone_gets_arabic_pages_from_right_to_left(page: Any, admin: Link, premises: Premises) -> None:
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    page.get_by_role("link", name="طبيب عام").tap()
    page.get_by_role("button", name="عادي").tap()
    page.wait_for_url("**/t/*")
    call(admin)
    page.get_by_text("الغرفة 3").wait_for()
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"Noto Sans Arabic\"', 'الغرفة')")


@on_a_phone()
def test_the_language_is_changed_with_one_touch_and_stays(page: Any, admin: Link, premises: Premises) -> None:
    page.goto("/")
    page.get_by_role("link", name="Русский").tap()
    page.get_by_role("link", name="Терапевт").tap()
    page.get_by_role("button", name="Платный приём").tap()
    page.wait_for_url("**/t/*")
    assert page.locator("html").get_attribute("lang") == "ru"
    page.get_by_text("Терапевт").wait_for()


def look_over(page: Any) -> None:
    """Everything can be read, touched, and seen without scrolling sideways."""
    page.evaluate("document.fonts.ready")
    assert page.evaluate(FAINT) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("main").count() == 1 and page.locator("h1").count() == 1


def every_page(page: Any, admin: Link, language: str) -> None:
    page.goto(f"/h/clinic?lang={language}")
    look_over(page)
    page.goto(f"/h/clinic/s/doctor?lang={language}")
    look_over(page)
    page.locator("button[value=regular]").tap()
    page.wait_for_url("**/t/*")
    look_over(page)
    page.locator("summary").tap()
    look_over(page)
    page.locator("#alert").tap()
    call(admin)
    page.locator("#call strong").wait_for()
    look_over(page)
    call(admin)
    page.locator("[data-state=served]").first.wait_for()
    look_over(page)


@on_a_phone(viewport={"width": 320, "height": 568}, reduced_motion="reduce")
def test_every_page_can_be_read_and_touched_on_a_small_phone(page: Any, admin: Link, premises: Premises) -> None:
    for language in ("en", "ru"):
        every_page(page, admin, language)


@on_a_phone(color_scheme="dark", reduced_motion="reduce")
def test_every_page_can_be_read_and_touched_in_the_dark(page: Any, admin: Link, premises: Premises) -> None:
    for language in ("de", "ar"):
        every_page(page, admin, language)
