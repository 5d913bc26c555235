"""`casedesk serve` as a process of its own, for tests that speak to it as the world does."""

import os
import re
import selectors
import subprocess
import sys
import time
from pathlib import Path

from casedesk.settings import Settings
from tests.engines import environment

READY = re.compile(r"ready http=(\S+) smtp=(\S+)\n")
SECONDS_TO_START = 30
SECONDS_TO_DRAIN = 15


class Served:
    """A serving process; `http` is a base address such as http://127.0.0.1:43125, `smtp` HOST:PORT, `-` for none."""

    def __init__(self, settings: Settings, *flags: str, **variables: str) -> None:
        self.log = Path(settings.data) / "serve.log"
        command = [sys.executable, "-m", "casedesk", "serve", "--data", str(settings.data), *flags]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**environment(settings), **variables}, stdout=subprocess.PIPE, stderr=log
            )
        line = self._first_line()
        ready = READY.fullmatch(line)
        if ready is None:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"not ready but {line!r}:\n{self.log.read_text()[-4000:]}")
        self.http, self.smtp = ready[1], ready[2]

    def _first_line(self) -> str:
        """Read up to the first line end, the end of the output, or the end of patience."""
        assert self.process.stdout is not None
        held = b""
        deadline = time.monotonic() + SECONDS_TO_START
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not held.endswith(b"\n") and selector.select(max(0, deadline - time.monotonic())):
                got = os.read(self.process.stdout.fileno(), 4096)
                if not got:
                    break
                held += got
        return held.decode()

    def stop(self) -> int:
        """Ask the process to end, wait until it has drained, and return its exit code; calling twice is safe."""
        self.process.terminate()
        try:
            return self.process.wait(SECONDS_TO_DRAIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise RuntimeError(f"did not drain in {SECONDS_TO_DRAIN} s:\n{self.log.read_text()[-4000:]}") from None
        finally:
            assert self.process.stdout is not None
            self.process.stdout.close()

    def kill(self) -> None:
        """End the process as a machine without power would."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
