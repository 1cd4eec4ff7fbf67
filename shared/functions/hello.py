"""The function ``hello``: says that what was deployed runs, and needs nothing for it."""

from __future__ import annotations

import json
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    said = {"message": "Now Serving is running", "input": event}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(said)}
