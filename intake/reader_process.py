"""The child process that reads mail under hard limits; `readers` starts it and speaks to it.

It takes frames from its standard input and answers on its standard output, each frame a length and a pickle, and
ends at the end of its input, so it never outlives its parent. The kernel enforces the limits: they hold inside
libraries written in C too.
"""

import gc
import os
import pickle
import resource
import signal
import sys
from typing import BinaryIO

from intake import mime
from intake.message import Incoming

LENGTH_BYTES = 8
ENDED_BY_MEMORY = 3
"""The exit code of a child that ran into its memory limit."""


def main(cpu_seconds: float, memory_bytes: int) -> None:
    """Answer frames until the input ends. A mail over `cpu_seconds` of processor time ends the process by SIGPROF."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C reaches the whole process group; the parent decides when its children end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # Whatever a library prints must not get between the frames.
    gc.freeze()
    try:
        while (frame := _next_frame(sys.stdin.buffer)) is not None:
            mails, own_addresses = pickle.loads(frame)  # noqa: S301 - our own parent wrote it.
            read = [_read_limited(raw, own_addresses, cpu_seconds) for raw in mails]
            answer = pickle.dumps(read, protocol=5)
            answers.write(len(answer).to_bytes(LENGTH_BYTES, "big"))
            answers.write(answer)
            answers.flush()
    except MemoryError:
        os._exit(ENDED_BY_MEMORY)
    except BrokenPipeError:
        os._exit(0)  # The parent is gone.


def _next_frame(stream: BinaryIO) -> bytes | None:
    length = stream.read(LENGTH_BYTES)
    return stream.read(int.from_bytes(length, "big")) if len(length) == LENGTH_BYTES else None


def _read_limited(raw: bytes, own_addresses: frozenset[str], cpu_seconds: float) -> Incoming:
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        return mime.read(raw, own_addresses=own_addresses)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
