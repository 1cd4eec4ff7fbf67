"""Logging in to a database of Amazon RDS: by a token that is signed here and good for a quarter of an hour.

No password is kept anywhere. The signature is AWS Signature Version 4 of the action ``rds-db:connect``, as a query; to
import Amazon's library for it would take longer than all of a request.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

OURS = ".rds.amazonaws.com"
LASTS = 900
"""Seconds; a connection that is open by then stays."""


def password(host: str, port: int, user: str) -> str | None:
    """What opens a database of RDS now; None for any other."""
    if not host.endswith(OURS):
        return None
    return token(f"{host}:{port}", user, os.environ, datetime.now(UTC))


def token(host: str, user: str, credentials: Mapping[str, str], now: datetime) -> str:
    """A token for this user at ``HOST:PORT``, from the credentials a function has in its environment."""
    day, moment = f"{now:%Y%m%d}", f"{now:%Y%m%dT%H%M%SZ}"
    scope = f"{day}/{credentials['AWS_REGION']}/rds-db/aws4_request"
    asked = {
        "Action": "connect",
        "DBUser": user,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{credentials['AWS_ACCESS_KEY_ID']}/{scope}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(LASTS),
        "X-Amz-Security-Token": credentials.get("AWS_SESSION_TOKEN", ""),
        "X-Amz-SignedHeaders": "host",
    }
    query = urlencode(sorted((name, value) for name, value in asked.items() if value), quote_via=quote, safe="")
    request = f"GET\n/\n{query}\nhost:{host}\n\nhost\n{hashlib.sha256(b'').hexdigest()}"
    signed = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in scope.split("/"):
        key = _by(key, part)
    return f"{host}/?{query}&X-Amz-Signature={_by(key, signed).hex()}"


def _by(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
