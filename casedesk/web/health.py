"""Whether this process lives, whether it can serve, and its figures; for machines, without anybody's words."""

import shutil
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from casedesk import database
from casedesk.web.guard import settings_of

Check = Callable[[], Awaitable[str | None]]
"""A check of readiness: returns the reason why not, or None when all is well."""

LEAST_FREE = 0.05
"""Below this share of free disk nothing new is taken."""

_MOST_REPORT_BYTES = 16_384
_reports = Counter("casedesk_csp_reports_total", "Reports of browsers that a page broke its content security policy.")


async def healthz(request: Request) -> Response:
    """Answer that the process lives."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Answer whether everything that serving needs works: 200, or 503 with the reasons by name."""
    checks: Mapping[str, Check] = {"database": _database, "disk": _disk_of(request), **request.app.state.checks}
    found = {name: await _asked(check) for name, check in checks.items()}
    reasons = {name: reason for name, reason in found.items() if reason}
    body = {"status": "unready" if reasons else "ready", "checks": {name: found[name] or "ok" for name in found}}
    return JSONResponse(body, 503 if reasons else 200, headers={"retry-after": "5"} if reasons else {})


async def metrics(request: Request) -> Response:
    """Answer with the figures in the Prometheus text format."""
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


async def csp_report(request: Request) -> Response:
    """Count a browser's report; its text comes from strangers and is not kept."""
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > _MOST_REPORT_BYTES:
            return Response(status_code=413)
    _reports.inc()
    return Response(status_code=204)


async def _database() -> str | None:
    await database.rows("SELECT 1 AS one")
    return None


def _disk_of(request: Request) -> Check:
    async def disk() -> str | None:
        usage = shutil.disk_usage(settings_of(request).data)
        return None if usage.free >= usage.total * LEAST_FREE else "less than 5 % of the disk is free"

    return disk


async def _asked(check: Check) -> str | None:
    try:
        return await check()
    except Exception as error:
        # A check that breaks is itself the finding; its class is named, its text may hold an address or a name.
        return f"cannot be checked ({type(error).__name__})"
