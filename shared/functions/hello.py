"""The function ``hello``: says that the deployment runs; needs no database."""

from __future__ import annotations

import json
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    body = {"message": "Now Serving is running", "input": event}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
