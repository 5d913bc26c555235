"""The composition root: settings -> database, spool, index, SMTP edge, web, worker.

The only file that knows every part.
"""

import asyncio
import contextlib
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from typing import Any, Protocol

import asyncpg
import structlog
import uvicorn

from casedesk import database, remembering, security
from casedesk import settings as operator
from casedesk.database import postgres_arguments
from casedesk.database.lock import serving_lock
from casedesk.database.migrating import require_current
from casedesk.errors import Unusable
from casedesk.files import FileStore
from casedesk.installation import check_packages
from casedesk.live import CHANNEL as LIVE_CHANNEL
from casedesk.live import HUB
from casedesk.mail import delivery
from casedesk.mail.transport import transport_from
from casedesk.rulesets import published
from casedesk.settings import Settings
from casedesk.web.connection import Connection
from casedesk.web.demo_stand import DemoStand
from casedesk.web.pages import SampleSignIn
from casedesk.web.routes import create_web
from casedesk.worker import Tools, Worker
from intake import doors, ledger, pipeline
from intake.readers import Readers
from intake.smtp import SmtpEdge
from intake.smtp_limits import SmtpLimits
from intake.spool import Spool
from intake.spool_postgres import SPOOL_CHANNEL, PostgresSpool
from intake.spool_sqlite import SqliteSpool
from knowledge.index import SolutionIndex

FORGET_CHANNEL = "casedesk_forget"
DRAIN_SECONDS = 8.0
"""How long what is under way may take to finish after SIGTERM; the whole end stays below ten seconds."""

_log = structlog.get_logger("app")


class Role(StrEnum):
    """What a serving process does; on SQLite it does all."""

    ALL = "all"
    WEB = "web"
    MAIL = "mail"
    WORKER = "worker"

    @property
    def serves_web(self) -> bool:
        """Say whether this role has the web server."""
        return self in (Role.ALL, Role.WEB)

    @property
    def takes_mail(self) -> bool:
        """Say whether this role has the SMTP server."""
        return self in (Role.ALL, Role.MAIL)

    @property
    def works(self) -> bool:
        """Say whether this role has the background lanes."""
        return self in (Role.ALL, Role.WORKER)


class Companion(Protocol):
    """What a demo runs beside the desk it is served by; cut off before the end."""

    stand: DemoStand

    async def run(self) -> None:
        """Do it."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    """Open the database of a desk for the length of the block, with keys and, on PostgreSQL, word to other processes.

    Raises Unusable, in one line with its cure, when the desk is not there or its schema is not this program's.
    """
    check_packages()
    if not settings.is_postgres and not settings.sqlite_file.exists():
        raise Unusable(f"there is no desk in {settings.data}: run `casedesk init --data {settings.data}` first")
    security.configure(settings)
    await require_current(settings)
    published.forget_versions()
    remembering.forget_all()
    await database.open_database(settings)
    telling = _Telling() if settings.is_postgres else None
    try:
        yield
    finally:
        if telling is not None:
            await telling.finish()
        await database.close_database()


def spool_of(settings: Settings, on_stored: Callable[[int], None] | None = None) -> Spool:
    """Return the spool of a desk, not yet opened."""
    if settings.is_postgres:
        return PostgresSpool(settings.database, on_stored=on_stored)
    return SqliteSpool(settings.data, on_stored=on_stored)


def mail_encryption(settings: Settings) -> ssl.SSLContext | None:
    """Return what STARTTLS speaks with, None when no certificate is set; raises Unusable when it cannot be read."""
    if not settings.smtp_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.smtp_certificate, settings.smtp_key or None)
    except (OSError, ssl.SSLError) as error:
        raise Unusable(f"the certificate for mail, {settings.smtp_certificate}, cannot be used: {error}") from None
    return context


async def serve(
    settings: Settings,
    role: Role,
    ready: Callable[[str], None],
    *,
    samples: tuple[SampleSignIn, ...] = (),
    companion: Companion | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain; `ready` is told the one line of addresses once everything accepts.

    Raises Unusable when the desk cannot be served, an address is taken, or SQLite is asked for one role only.
    """
    if role is not Role.ALL and not settings.is_postgres:
        raise Unusable(
            "on SQLite one process does everything: leave --role away, or set CASEDESK_DATABASE to PostgreSQL"
        )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        if not settings.is_postgres:
            stack.enter_context(serving_lock(settings.data))
        await stack.enter_async_context(opened(settings))
        parts = _Parts(settings, role)
        await parts.open(stack)
        web = await parts.start_web(samples, companion.stand if companion else None)
        smtp = await parts.start_mail()
        if parts.worker is not None:
            parts.worker.start()
            if companion is not None:
                stack.push_async_callback(_cut_off, asyncio.create_task(companion.run(), name="companion"))
        ready(f"ready http={web or '-'} smtp={smtp or '-'}")
        await stop.wait()
        _log.info("draining")
        await parts.drain()


async def _cut_off(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class _Parts:
    """The parts of a serving process, opened and drained in their order."""

    def __init__(self, settings: Settings, role: Role) -> None:
        self.settings = settings
        self.role = role
        self.spool = spool_of(settings, self._stored)
        self.worker: Worker | None = None
        self.edge: SmtpEdge | None = None
        self.server: _Server | None = None
        self._web_task: asyncio.Task[None] | None = None

    def _stored(self, _newest: int) -> None:
        if self.worker is not None:
            self.worker.lanes["arrivals"].wake()

    async def open(self, stack: AsyncExitStack) -> None:
        """Open spool, index, readers and wires; each is closed when `stack` ends."""
        settings = self.settings
        await self.spool.open()
        stack.push_async_callback(self.spool.close)
        await self.spool.begin_after(await pipeline.last_worked())
        ledger.use_spool(self.spool)
        index = SolutionIndex(settings)
        await index.open()
        stack.push_async_callback(index.close)
        if settings.is_postgres:
            wires = await _Wires.strung(settings, self._heard)
            stack.push_async_callback(wires.close)
        HUB.reopen()
        if not self.role.works:
            return
        readers = Readers(children=settings.readers)
        stack.push_async_callback(readers.close)
        transport = transport_from(settings.relay, settings.data)
        stack.push_async_callback(transport.close)
        if not settings.is_postgres:
            await delivery.free_all_claims()
        store = FileStore(settings.data / "files")
        self.worker = Worker(Tools(settings, self.spool, readers, transport, store, index))

    async def start_web(self, samples: tuple[SampleSignIn, ...], demo: DemoStand | None) -> str:
        """Listen for HTTP and return the address, empty when this role has no web."""
        if not self.role.serves_web:
            return ""
        bound = _bind(self.settings.http, "http")
        host, port = bound.getsockname()[:2]
        address = f"http://{host}:{port}"
        operator.serve_at(address)
        app: Any = create_web(self.settings, checks=self._checks(), samples=samples, demo=demo)
        config = uvicorn.Config(
            app,
            loop="none",
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=int(DRAIN_SECONDS) - 2,
            timeout_keep_alive=30,
            limit_concurrency=1000,
        )
        self.server = _Server(config)
        self._web_task = asyncio.create_task(self.server.serve(sockets=[bound]), name="web")
        while not self.server.started:
            if self._web_task.done():
                await self._web_task
                raise Unusable("the web server did not start")
            await asyncio.sleep(0.005)
        return address

    async def start_mail(self) -> str:
        """Listen for SMTP and return the address, empty when this role takes no mail."""
        if not self.role.takes_mail:
            return ""
        host, _, port = self.settings.smtp.rpartition(":")
        limits = SmtpLimits(message_bytes=self.settings.max_message_bytes)
        name, tls = socket.gethostname(), mail_encryption(self.settings)
        self.edge = SmtpEdge(self.spool, doors.accepts, hostname=name, limits=limits, tls=tls)
        try:
            taken = await self.edge.start(host, int(port))
        except OSError as error:
            raise Unusable(f"cannot listen for smtp on {self.settings.smtp}: {error.strerror}") from None
        door = f"{taken[0]}:{taken[1]}"
        operator.take_mail_at(door)
        return door

    async def drain(self) -> None:
        """Stop accepting and let what is under way finish, everything side by side."""
        HUB.close()
        ends: list[Awaitable[Any]] = []
        if self.edge is not None:
            ends.append(self.edge.stop(DRAIN_SECONDS))
        if self.server is not None and self._web_task is not None:
            self.server.should_exit = True
            ends.append(self._web_task)
        if self.worker is not None:
            ends.append(self.worker.stop(DRAIN_SECONDS - 1))
        await asyncio.gather(*ends, return_exceptions=True)

    def _checks(self) -> dict[str, Callable[[], Awaitable[str | None]]]:
        checks: dict[str, Callable[[], Awaitable[str | None]]] = {"spool": self._spool_health}
        if self.worker is not None:
            checks["worker"] = self.worker.health
        return checks

    async def _spool_health(self) -> str | None:
        await self.spool.list_on(0, 1)
        return "too many mails wait to be written" if self.spool.waiting > 1000 else None

    def _heard(self, channel: str, payload: str) -> None:
        if channel == LIVE_CHANNEL:
            HUB.hear(payload)
        elif channel == FORGET_CHANNEL:
            remembering.forget_all()
        elif self.worker is not None:
            self.worker.lanes["arrivals"].wake()


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: this program ends in the order of `drain`."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """Leave signals to the composition root."""
        yield


class _Telling:
    """Says to other processes on PostgreSQL that something remembered has changed."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._unhook = remembering.on_forget(self._tell)

    def _tell(self, name: str) -> None:
        task = asyncio.create_task(database.rows("SELECT pg_notify(?, ?)", FORGET_CHANNEL, name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Say what is still to be said."""
        self._unhook()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class _Wires:
    """A connection that listens to PostgreSQL's notifications, strung again when it breaks."""

    def __init__(self, settings: Settings, heard: Callable[[str, str], None]) -> None:
        self._arguments = postgres_arguments(settings.database)
        self._heard = heard
        self._connection: asyncpg.Connection | None = None
        self._keeper: asyncio.Task[None] | None = None

    @classmethod
    async def strung(cls, settings: Settings, heard: Callable[[str, str], None]) -> "_Wires":
        """Listen, and keep listening."""
        wires = cls(settings, heard)
        await wires._connect()
        wires._keeper = asyncio.create_task(wires._keep(), name="wires")
        return wires

    async def _connect(self) -> None:
        self._connection = await asyncpg.connect(**self._arguments)
        for channel in (LIVE_CHANNEL, FORGET_CHANNEL, SPOOL_CHANNEL):
            await self._connection.add_listener(channel, self._on_word)

    def _on_word(self, _connection: Any, _pid: int, channel: str, payload: Any) -> None:
        self._heard(channel, str(payload))

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(1)
            if self._connection is None or self._connection.is_closed():
                with contextlib.suppress(OSError, asyncpg.PostgresError):
                    await self._connect()
                    # What was said while nobody listened is unknown.
                    remembering.forget_all()

    async def close(self) -> None:
        """Stop listening."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close(timeout=2)


def _bind(address: str, what: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host.strip("[]"), int(port)))
    except OSError as error:
        bound.close()
        raise Unusable(f"cannot listen for {what} on {address}: {error.strerror}") from None
    bound.listen(512)
    bound.setblocking(False)
    return bound
