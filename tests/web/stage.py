"""A stage for pages without a desk: a real HTTP server that shows drawn pages under the real content policy.

It keeps what the pages send and answers as a test has told it to.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue

from casedesk.rendering import static_file

POLICY = (
    "default-src 'none'; script-src 'nonce-sample' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass
class Answer:
    status: int
    body: str
    kind: str = "text/html; charset=utf-8"

    @classmethod
    def json(cls, told: object, status: int = 200) -> "Answer":
        return cls(status, json.dumps(told), "application/json")


@dataclass
class Stage:
    """What is shown, what was asked: `pages` by path, `answers` by "METHOD path", `asked` in order."""

    url: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    live: Queue[str] = field(default_factory=Queue)
    live_is_broken: bool = False
    is_open: bool = True

    def sent(self, request: str) -> list[str]:
        """Return the bodies of all requests like "POST /console/…"."""
        return [body for line, body in self.asked if line == request]


@contextmanager
def open_stage() -> Iterator[Stage]:
    """Open a stage on a free port of the loopback."""
    stage = Stage()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stage))
    server.daemon_threads = True
    stage.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stage
    finally:
        stage.is_open = False
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(stage: Stage) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do(self) -> None:
            path = self.path.split("?")[0]
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
            if path.startswith("/static/"):
                return self.static(path.removeprefix("/static/"))
            stage.asked.append((f"{self.command} {path}", body))
            if path == "/live":
                return self.stream()
            told = stage.answers.get(f"{self.command} {path}")
            if told is None and self.command == "GET" and path in stage.pages:
                told = Answer(200, stage.pages[path])
            self.answer(told or Answer.json({"detail": "nothing here"}, 404))
            return None

        do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815  # the names that http.server looks for

        def static(self, name: str) -> None:
            file = static_file(name)
            if file is None:
                return self.answer(Answer(404, ""))
            return self.answer(Answer(200, file.read_text(encoding="utf-8"), KINDS[file.suffix]))

        def stream(self) -> None:
            if stage.live_is_broken:
                return self.answer(Answer(503, ""))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.tell("event: hello\ndata: {}\n\n")
            while stage.is_open and not stage.live_is_broken:
                try:
                    self.tell(stage.live.get(timeout=0.1))
                except Empty:
                    continue
            return None

        def tell(self, words: str) -> None:
            self.wfile.write(words.encode())
            self.wfile.flush()

        def answer(self, told: Answer) -> None:
            raw = told.body.encode()
            self.send_response(told.status)
            self.send_header("Content-Type", told.kind)
            self.send_header("Content-Length", str(len(raw)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(raw)

    return Handler
