"""Our own scripts, styles and drawings; what customers send is served elsewhere, by permission."""

from mimetypes import guess_type

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from casedesk import rendering
from casedesk.errors import NotFound
from casedesk.web.compressing import SMALLEST, small_file, takes_gzip

_FOR_GOOD = "public, max-age=31536000, immutable"
_FOR_A_MINUTE = "public, max-age=60"


async def show(request: Request) -> Response:
    """Answer with one static file; an address that carries the mark of its content may be kept for good."""
    path = request.path_params["path"]
    file = rendering.static_file(path) if "\x00" not in path else None
    if file is None:
        raise NotFound
    mark = rendering.static_url(path)
    is_marked = str(request.url.query) != "" and mark.endswith(f"?{request.url.query}")
    headers = {"cache-control": _FOR_GOOD if is_marked else _FOR_A_MINUTE, "vary": "Accept-Encoding"}
    if takes_gzip(request.headers) and file.stat().st_size >= SMALLEST:
        kind = guess_type(file.name)[0] or "application/octet-stream"
        return Response(small_file(file, mark), media_type=kind, headers={**headers, "content-encoding": "gzip"})
    return FileResponse(file, headers=headers)
