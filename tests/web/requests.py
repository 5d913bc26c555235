"""Requests made by hand, for what reads one without an application around it."""

from starlette.requests import Request


def request_of(body: bytes, content_type: str) -> Request:
    """Return a POST with this body."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b"", "state": {}}
    return Request(scope, receive)
