"""Addresses beside the customer's pages: a browser is led on in its own language, a program gets its document."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from shared.backend.http import problems
from shared.backend.http.customer_site import PAGE_HEADERS, NoSuchPage, NotDoneThere, SentFromElsewhere, Site
from shared.backend.http.security_middleware import READING, SecuredApp, wants_page
from shared.hall.errors import Failure, Malformed

OURS = re.compile("/[ht](/|$)")


def install(app: SecuredApp, site: Site) -> None:
    """Answer with a page what would be a document, where a browser asked for a page."""

    @app.exception_handler(HTTPException)
    async def on_plain(request: Request, error: HTTPException) -> Response:
        path, query = request.scope["path"], request.url.query
        meant = tidy(path)
        if error.status_code == NoSuchPage.status and request.method in READING and meant != path:
            where = quote(meant) + (f"?{query}" if query else "")  # a path alone: never another host
            return RedirectResponse(where, 307, {**PAGE_HEADERS})
        if not wants_page(request.scope):
            return problems.plain(error)
        return _page(site, request, error.status_code, dict(error.headers or {}))

    def refuse(request: Request, status: int, headers: dict[str, str]) -> Response:
        return _page(site, request, status, headers)

    app.refuse_with_pages(refuse)


def tidy(path: str) -> str:
    """A page's address as it was meant: without a slash too many, and its first letter small. Others stay."""
    once = re.sub("/{2,}", "/", path).rstrip("/") or "/"
    meant = once[:2].lower() + once[2:]
    return meant if meant == "/" or OURS.match(meant) else path


def _page(site: Site, request: Request, status: int, headers: dict[str, str]) -> Response:
    page = site.apology(request, _failure(status))
    page.headers.update(headers)
    return page


def _failure(status: int) -> Failure:
    for kind in (NoSuchPage, NotDoneThere, SentFromElsewhere):
        if kind.status == status:
            return kind("There is no page at this address.")
    return Malformed("This can't be read.")
