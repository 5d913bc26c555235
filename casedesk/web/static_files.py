"""Our own scripts, styles and drawings; what customers send is served elsewhere, by permission."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from casedesk import rendering
from casedesk.errors import NotFound

_FOR_GOOD = "public, max-age=31536000, immutable"
_FOR_A_MINUTE = "public, max-age=60"


async def show(request: Request) -> Response:
    """Answer with one static file; an address that carries the mark of its content may be kept for good."""
    path = request.path_params["path"]
    file = rendering.static_file(path) if "\x00" not in path else None
    if file is None:
        raise NotFound
    is_marked = str(request.url.query) != "" and rendering.static_url(path).endswith(f"?{request.url.query}")
    return FileResponse(file, headers={"cache-control": _FOR_GOOD if is_marked else _FOR_A_MINUTE})
