"""No page is wider than a phone, with words of sixty letters, text of twice the size, and in every script."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.hall.calling import CallTicket
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import decode, encode
from shared.hall.points import ActivatePoint, DeactivatePoint
from shared.hall.roles import Role
from shared.hall.serving import FinishService, StartService
from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService
from shared.hall.values import Origin
from shared.link.connect import connect
from shared.link.link import Link
from tests.backends import Premises
from tests.end_to_end.test_phone import CHROMIUM, Phones, phones  # noqa: F401  # phones is a fixture

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="the phone needs Chromium")

WIDTHS = (320, 360, 390, 412)

WIDE = {
    "en": "Wohnsitzanmeldebestätigungs" + "W" * 33,
    "de": "Wohnsitzanmeldebestätigungsausstellungsgebührenbefreiungsamt",
    "ru": "Водогрязеторфопарафинолечениерентгеноэлектрокардиографическо",
    "ar": "أفاستسقيناكموها" * 4,
}
"""A name of some sixty letters without a blank in every language of the hall."""

FLAT = """() => ({
  page: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth,
  cut: [...document.querySelectorAll("main *, header *")].filter((one) => one.checkVisibility())
    .filter((one) => one.getBoundingClientRect().left < -1 || one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.className || one.tagName),
  broken: [...document.querySelectorAll(".label")].filter((one) => one.checkVisibility())
    .filter((one) => one.getBoundingClientRect().height > 2.2 * parseFloat(getComputedStyle(one).fontSize)).length,
})"""
"""The widths of page and screen, the elements that stick out, and how many numbers take two lines."""


@pytest.fixture
def wide(premises: Premises) -> Iterator[Link]:
    """A hall where everything has such a name."""
    with closing(premises.admin()) as admin:
        hall = admin.snapshot()
        admin.do(decode(DefineHall, encode(replace(hall.settings, name=WIDE, offline_tickets=True))))
        for service in hall.services.values():
            admin.do(decode(DefineService, encode(replace(service, name=WIDE, description=WIDE))))
        for precedence in hall.precedences.values():
            admin.do(decode(DefinePrecedence, encode(replace(precedence, name=WIDE))))
        admin.do(decode(DefinePoint, encode(replace(hall.points["3"], name=WIDE)), strict=False))
        admin.do(ActivatePoint(point="3"))
        yield admin
        admin.do(DeactivatePoint(point="3"))


def looked_at(page: Any, where: str) -> None:
    """Check the page at every width, with text as it is and of twice the size."""
    page.evaluate("document.fonts.ready")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        for size in ("100%", "200%"):
            page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
            found = page.evaluate(FLAT)
            assert found == {"page": width, "screen": width, "cut": [], "broken": 0}, (
                f"{where} at {width} px and {size}"
            )


def visited(page: Any, path: str) -> None:
    page.goto(path)
    looked_at(page, path)


def taken(link: Link, **about: Any) -> tuple[str, str]:
    """A ticket of a service that point 3 gives, and the path of its page."""
    token = secrets.token_urlsafe(24)
    issue = IssueTicket(service="doctor", token_hash=hashlib.sha256(token.encode()).hexdigest(), **about)
    return link.do(issue).result["ticket"]["id"], f"/t/{token}"


def given_alone(premises: Premises) -> str:
    """The path of the ticket with the longest label there is, of a kiosk without its hall."""
    with closing(connect(premises.database, role=Role.KIOSK)) as kiosk:
        about = {"origin": Origin.OFFLINE, "offline_label": "WWW1-9999", "taken_at": datetime.now(UTC)}
        return taken(kiosk, **about)[1]


def every_page(page: Any, admin: Link, premises: Premises) -> None:
    visited(page, given_alone(premises))
    ticket, path = taken(admin)
    for language in WIDE:
        lang = f"?lang={language}"
        visited(page, f"/h/clinic/s/doctor{lang}")
        visited(page, f"{path}{lang}")
        visited(page, f"/h/clinic{lang}")  # and leads back to the ticket
        visited(page, f"/t/nobody-has-this-ticket{lang}")
    page.goto(path)
    page.locator("summary").tap()
    looked_at(page, "leaving")
    admin.do(CallTicket(point="3", ticket=ticket))
    page.locator("#call strong").wait_for()
    looked_at(page, "called")
    visited(page, "/h/clinic")
    admin.do(StartService(point="3", ticket=ticket))
    visited(page, path)
    admin.do(FinishService(point="3", ticket=ticket))
    visited(page, path)  # asks for a rating
    visited(page, "/api/docs")


def test_no_page_is_wider_than_a_phone(phones: Phones, premises: Premises, wide: Link) -> None:  # noqa: F811
    def visit() -> None:
        page = phones.page(premises.base, reduced_motion="reduce")
        try:
            every_page(page, wide, premises)
        finally:
            page.context.close()

    phones.thread.submit(visit).result()
