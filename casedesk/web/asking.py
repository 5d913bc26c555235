"""What a request asks for beside its right: a part of the page, JSON for a script, ids in its address or query."""

from starlette.requests import Request

from casedesk.errors import NotFound

MOST_IDS = 200


def wants_part(request: Request, target: str) -> bool:
    """Say whether htmx asks for the part with this id alone."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-target") == target


def is_script(request: Request) -> bool:
    """Say whether a script of ours asks and wants JSON."""
    return request.headers.get("accept", "").startswith("application/json")


def ids_in(text: str) -> tuple[int, ...]:
    """Return the ids in a comma-separated text, each once; what is none is left out."""
    given = [part for part in text.split(",")[:MOST_IDS] if part.isascii() and part.isdigit() and len(part) <= 18]
    return tuple(dict.fromkeys(int(part) for part in given))


def whole(text: str) -> int:
    """Return an id that stands in a query; raises NotFound for anything that cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound
    return int(text)


def whole_id(request: Request, name: str) -> int:
    """Return an id in the address; raises NotFound for anything that cannot be one."""
    text = str(request.path_params[name])
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound
    return int(text)
