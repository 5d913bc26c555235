"""The OpenAPI 3.1 document of the API, made from the same descriptions that serve it."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter

from casedesk import __version__
from casedesk.web.api.operations import PREFIX, Operation
from casedesk.web.errors import PROBLEM


class WrongField(BaseModel):
    """One wrong field of a request."""

    field: str
    message: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[WrongField] = []


_MEANINGS = {
    "304": "Not changed since the version named in If-None-Match",
    "400": "Not readable",
    "401": "No valid token",
    "404": "Absent, or not yours to see",
    "409": "The present state forbids it",
    "412": "Somebody changed it since the version named in If-Match",
    "413": "Too large",
    "414": "The address is too long",
    "415": "Another content type is expected",
    "422": "Readable but wrong; `errors` name the fields",
    "429": "Too many tries",
    "503": "Busy or full; try again",
}


class _Shapes:
    """Collects the schemas that operations refer to."""

    def __init__(self) -> None:
        self.named: dict[str, Any] = {}

    def of(self, shape: Any, mode: str) -> dict[str, Any]:
        """Return a reference to the schema of `shape`, which with everything it names is kept for the components."""
        schema = self.spelt_out(shape, mode)
        if "properties" not in schema:
            return schema
        name = re.sub(r"\W", "", schema["title"]) + ("" if mode == "serialization" else "Input")
        self.named[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}

    def spelt_out(self, shape: Any, mode: str) -> dict[str, Any]:
        """Return the schema of `shape` itself; what it names in turn is kept for the components."""
        suffix = "" if mode == "serialization" else "Input"
        template = f"#/components/schemas/{{model}}{suffix}"
        schema = TypeAdapter(shape).json_schema(ref_template=template, mode=mode)  # type: ignore[arg-type]
        for name, definition in schema.pop("$defs", {}).items():
            self.named[name + suffix] = definition
        return schema


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the whole document."""
    shapes = _Shapes()
    paths: dict[str, dict[str, Any]] = {}
    shapes.of(Problem, "serialization")
    for operation in operations:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = _described(operation, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "casedesk", "version": __version__, "description": "Cases, customers, rules and solutions."},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": dict(sorted(shapes.named.items())),
        },
    }


def _described(operation: Operation, shapes: _Shapes) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": _parameters(operation, shapes),
        "responses": _responses(operation, shapes),
    }
    if operation.needs is None:
        described["security"] = []
    else:
        described["x-permission"] = operation.needs.value
    if operation.body is not None:
        schema = operation.raw if operation.body is bytes else shapes.of(operation.body, "validation")
        content = {kind: {"schema": schema} for kind in operation.takes}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parameters(operation: Operation, shapes: _Shapes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    if operation.query is not None:
        schema = shapes.spelt_out(operation.query, "validation")
        required = schema.get("required", [])
        for name, each in schema["properties"].items():
            found.append({"name": name, "in": "query", "required": name in required, "schema": each})
    if operation.method == "POST" and operation.needs is not None:
        key = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    if operation.method in ("PATCH", "DELETE"):
        found.append({"name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"}})
    return found


def _responses(operation: Operation, shapes: _Shapes) -> dict[str, Any]:
    done: dict[str, Any] = {"description": operation.summary}
    if operation.answer is not None:
        kind = "application/octet-stream" if operation.answer is bytes else "application/json"
        done["content"] = {kind: {"schema": shapes.of(operation.answer, "serialization")}}
    problems = {"503"} | ({"401", "404"} if operation.needs is not None else set())
    if operation.method != "GET":
        problems |= {"400", "409", "413", "415", "422", "429"}
    if operation.query is not None or operation.method == "GET":
        problems |= {"414", "422"}
    if operation.method in ("PATCH", "DELETE"):
        problems.add("412")
    refused = {
        status: {
            "description": _MEANINGS[status],
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted(problems)
    }
    return {str(operation.status): done, **refused}
