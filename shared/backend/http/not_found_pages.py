"""The answers at addresses that do not exist: a page in the reader's language, or a problem document."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from shared.backend.http import problems
from shared.backend.http.customer_site import PAGE_HEADERS, NoSuchPage, NotDoneThere, SentFromElsewhere, Site
from shared.backend.http.security_middleware import SAFE_METHODS, SecuredApp, wants_page
from shared.hall.errors import Failure, Malformed

PAGE_PATH = re.compile("/[ht](/|$)")


def install(app: SecuredApp, site: Site) -> None:
    """Answer with a page where a browser asked for one; redirect from an untidy address to the page it means."""

    @app.exception_handler(HTTPException)
    async def on_plain(request: Request, error: HTTPException) -> Response:
        path, query = request.scope["path"], request.url.query
        tidy_path = tidy(path)
        if error.status_code == NoSuchPage.status and request.method in SAFE_METHODS and tidy_path != path:
            target = quote(tidy_path) + (f"?{query}" if query else "")  # only a path: never another host
            return RedirectResponse(target, 307, {**PAGE_HEADERS})
        if not wants_page(request.scope):
            return problems.http_error_response(error)
        return _page(site, request, error.status_code, dict(error.headers or {}))

    def refuse(request: Request, status: int, headers: dict[str, str]) -> Response:
        return _page(site, request, status, headers)

    app.refuse_with_pages(refuse)


def tidy(path: str) -> str:
    """The path of a page without extra slashes and with a small first letter; any other path as it is."""
    single = re.sub("/{2,}", "/", path).rstrip("/") or "/"
    tidied = single[:2].lower() + single[2:]
    return tidied if tidied == "/" or PAGE_PATH.match(tidied) else path


def _page(site: Site, request: Request, status: int, headers: dict[str, str]) -> Response:
    page = site.error_page(request, _failure(status))
    page.headers.update(headers)
    return page


def _failure(status: int) -> Failure:
    for kind in (NoSuchPage, NotDoneThere, SentFromElsewhere):
        if kind.status == status:
            return kind("There is no page at this address.")
    return Malformed("This can't be read.")
