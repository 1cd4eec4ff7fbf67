"""The API's description (OpenAPI as JSON, and a page for people), made from the tables of commands and requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi import Request as HttpRequest
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from pydantic import TypeAdapter
from starlette.routing import BaseRoute

from shared.hall.messages import Command
from shared.hall.roles import Role
from shared.requests.request import Request

VERSION = version("nowserving")

TEMPLATES = Jinja2Templates(Path(__file__).parents[3] / "resources" / "web" / "templates")

REFERENCE = "#/components/schemas/{model}"

PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["ticket-not-waiting"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "sentence": {
            "type": "string",
            "description": "The detail before its {blanks} were filled from the members beside it, to be translated.",
            "examples": ["{label} is not waiting."],
        },
    },
}
ACCEPTED = {
    "type": "object",
    "description": "The answer of a command, and the hall's sequence number it was true at.",
    "required": ["result", "seq"],
    "properties": {"result": {"type": "object"}, "seq": {"type": "integer"}},
}

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Accepted and stored; the same command_id again gets the same answer.",
        "content": {"application/json": {"schema": {"$ref": REFERENCE.format(model="Accepted")}}},
    },
    "4XX": {
        "description": "Refused; nothing changed.",
        "content": {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
    },
    503: {
        "description": "The hall can't be reached at the moment: send the same request again.",
        "content": {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
    },
}


def body(kind: type[Any], *others: type[Any]) -> dict[str, Any]:
    """The description of a request body that is decoded as this dataclass, or as one of the others."""
    models = [{"$ref": REFERENCE.format(model=one.__name__)} for one in (kind, *others)]
    content = {"application/json": {"schema": {"oneOf": models} if others else models[0]}}
    return {"requestBody": {"required": True, "content": content}}


def description(about: str, allowed: Iterable[Role]) -> str:
    """What a command or request does and who may send it."""
    return f"{about}\n\nMay be sent by: {', '.join(sorted(allowed))}."


def answers_of(kind: type[Request[Any]]) -> dict[int | str, dict[str, Any]]:
    """The description of the answers to a request of this type."""
    answer = {"type": "object", "required": ["answer"], "properties": {"answer": _inlined_schema(kind.ANSWER)}}
    return {
        200: {"description": "The answer.", "content": {"application/json": {"schema": answer}}},
        "4XX": ANSWERS["4XX"],
    }


def install(app: FastAPI, bodies: Iterable[type[Any]], other_routes: Sequence[BaseRoute]) -> None:
    """Serve the description of this app, of ``other_routes`` answered outside it, and of request bodies."""

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    async def schema() -> dict[str, Any]:
        return _openapi_schema(app, bodies, other_routes)

    @app.get("/api/docs", include_in_schema=False, response_class=HTMLResponse)
    async def page(request: HttpRequest) -> HTMLResponse:
        about = {"description": _openapi_schema(app, bodies, other_routes), "kinds": kinds}
        return TEMPLATES.TemplateResponse(request, "api.html", about)


def _openapi_schema(app: FastAPI, bodies: Iterable[type[Any]], other_routes: Sequence[BaseRoute]) -> dict[str, Any]:
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, routes=[*app.routes, *other_routes])
        schemas = {"Problem": PROBLEM, "Accepted": ACCEPTED, **_schemas(bodies)}
        described.setdefault("components", {}).setdefault("schemas", {}).update(schemas)
        described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for operation in (one for methods in described["paths"].values() for one in methods.values()):
            _complete_operation(operation)
        app.openapi_schema = described
    return app.openapi_schema


def _complete_operation(operation: dict[str, Any]) -> None:
    """Add what every operation has: a token where it needs one, and the answers to failures."""
    parameters = operation.get("parameters", [])
    others = [one for one in parameters if one["name"].lower() != "authorization"]
    if len(others) < len(parameters):
        operation["parameters"] = others
        operation["security"] = [{"token": []}]
    answers = operation["responses"]
    answers.pop("422", None)  # FastAPI's own form of a validation error, which is never sent
    answers["4XX"], answers["503"] = ANSWERS["4XX"], ANSWERS[503]


def _schemas(bodies: Iterable[type[Any]]) -> dict[str, Any]:
    """The JSON schemas of all bodies and of their parts."""
    found: dict[str, Any] = {}
    for kind in bodies:
        schema = TypeAdapter(kind).json_schema(ref_template=REFERENCE)
        found.update(schema.pop("$defs", {}))
        if issubclass(kind, Command):
            schema["required"] = ["command_id", *schema.get("required", [])]
        found[kind.__name__] = {**schema, "additionalProperties": False}
    return found


def _inlined_schema(kind: Any) -> dict[str, Any]:
    """The JSON schema of a type with the schemas of its parts inlined."""
    schema = TypeAdapter(kind).json_schema()
    parts = schema.pop("$defs", {})

    def resolved(node: Any) -> Any:
        if isinstance(node, dict):
            reference = node.get("$ref", "")
            found = parts[reference.rpartition("/")[2]] if reference else node
            return {name: resolved(value) for name, value in found.items()}
        return [resolved(item) for item in node] if isinstance(node, list) else node

    return dict(resolved(schema))


def kinds(schema: dict[str, Any]) -> str:
    """The type in this schema as a person reads it: ``string or null``."""
    if "anyOf" in schema:
        return " or ".join(kinds(kind) for kind in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"list of {kinds(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "object"))
