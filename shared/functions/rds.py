"""Log-in to a database of Amazon RDS by a token that is signed here and valid for a quarter of an hour.

No password is stored anywhere. The token is a query with an AWS Signature Version 4 of the action ``rds-db:connect``;
importing Amazon's library for it would take longer than a whole request.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

RDS_DOMAIN = ".rds.amazonaws.com"
TOKEN_LASTS = 900
"""Seconds during which a token can open a connection, which then stays open."""


def password(host: str, port: int, user: str) -> str | None:
    """The current token for a database of RDS; None for any other database."""
    if not host.endswith(RDS_DOMAIN):
        return None
    return token(f"{host}:{port}", user, os.environ, datetime.now(UTC))


def token(host: str, user: str, credentials: Mapping[str, str], now: datetime) -> str:
    """A token for this user at ``HOST:PORT``, from the credentials a function has in its environment."""
    day, moment = f"{now:%Y%m%d}", f"{now:%Y%m%dT%H%M%SZ}"
    scope = f"{day}/{credentials['AWS_REGION']}/rds-db/aws4_request"
    parameters = {
        "Action": "connect",
        "DBUser": user,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{credentials['AWS_ACCESS_KEY_ID']}/{scope}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(TOKEN_LASTS),
        "X-Amz-Security-Token": credentials.get("AWS_SESSION_TOKEN", ""),
        "X-Amz-SignedHeaders": "host",
    }
    query = urlencode(sorted((name, value) for name, value in parameters.items() if value), quote_via=quote, safe="")
    request = f"GET\n/\n{query}\nhost:{host}\n\nhost\n{hashlib.sha256(b'').hexdigest()}"
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in scope.split("/"):
        key = _sign(key, part)
    return f"{host}/?{query}&X-Amz-Signature={_sign(key, to_sign).hex()}"


def _sign(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
