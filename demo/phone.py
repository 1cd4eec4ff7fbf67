"""A customer's phone: a real browser with a viewport of a phone's size, on the real page."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from shared.hall.errors import Unfit

WIDTH, HEIGHT = 390, 844
"""Of the viewport, in CSS pixels."""

BROWSER_FLAGS = [
    "--no-sandbox",  # Chromium's own sandbox refuses to run as root; the page is ours
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

T = TypeVar("T")


class Phone:
    """One browser page, on a thread of its own: Playwright's synchronous interface refuses a thread with a loop."""

    def __init__(self, language: str = "en") -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="phone")
        self._language = language
        self._page: Any = None
        self._closers: list[Callable[[], None]] = []

    async def open(self, url: str) -> None:
        """Open an address in the page, and first the browser; raises Unfit if there is none on this machine."""
        await self._on_thread(lambda: self._browser_page().goto(url))

    async def tap(self, selector: str) -> None:
        await self._on_thread(lambda: self._page.click(selector))

    async def wait_for(self, selector: str) -> None:
        await self._on_thread(lambda: self._page.wait_for_selector(selector))

    async def text(self, selector: str) -> str:
        found: str = await self._on_thread(lambda: self._page.inner_text(selector))
        return found.strip()

    async def picture(self, file: Path) -> None:
        await self._on_thread(lambda: self._page.screenshot(path=str(file)))

    async def close(self) -> None:
        await self._on_thread(self._close)
        self._thread.shutdown()

    async def _on_thread(self, act: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._thread.submit(act))

    def _browser_page(self) -> Any:
        if self._page is None:
            from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only a phone needs a browser

            playwright = sync_playwright().start()
            browser = playwright.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
            self._closers = [browser.close, playwright.stop]
            self._page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2, locale=self._language
            )
        return self._page

    def _close(self) -> None:
        for close in self._closers:
            close()


def browser_path() -> str:
    """The path of this machine's browser; raises Unfit if there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if found is None:
        raise Unfit("The phone's page needs a browser: install chromium.")
    return found
