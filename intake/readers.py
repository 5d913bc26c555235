"""Reading many mails in child processes with limits of processor time, memory and wall time.

A mail that breaks a limit takes its child with it and nothing else: it alone becomes `Unreadable`, the others of its
batch are read again. Children start when there is something to read and end when there was nothing for a while.
"""

import asyncio
import contextlib
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path

from casedesk.errors import Unavailable
from intake import mime
from intake.message import Incoming, Unreadable
from intake.reader_process import ENDED_BY_MEMORY, LENGTH_BYTES

_ROOT = str(Path(__file__).resolve().parent.parent)
_MOST_IN_BATCH = 25
_FEWEST_IN_BATCH = 4
_BATCH_BYTES = 2 * 1024 * 1024
_SECONDS_TO_END = 2.0


class Readers:
    """A few child processes that read mail. Use from one event loop; `close` when done.

    `cpu_seconds` and `memory_bytes` are for one mail and one child; `wall_seconds` for one mail, whatever it waits for.
    """

    def __init__(
        self,
        *,
        children: int = 2,
        cpu_seconds: float = 5.0,
        wall_seconds: float = 15.0,
        memory_bytes: int = 512 * 1024 * 1024,
        idle_seconds: float = 60.0,
    ) -> None:
        self._children = [
            _Child(cpu_seconds, wall_seconds, memory_bytes, idle_seconds) for _ in range(max(children, 1))
        ]
        # Last in, first out: with little to do one child stays warm and the others may end.
        self._free: asyncio.LifoQueue[_Child] = asyncio.LifoQueue()
        for child in reversed(self._children):
            self._free.put_nowait(child)

    async def read_many(
        self, mails: Sequence[tuple[object, bytes]], *, own_addresses: frozenset[str] = frozenset()
    ) -> list[Incoming | Unreadable]:
        """Return what each mail (key, raw bytes) reads as, in the order given; never raises for what a mail holds.

        `own_addresses` (lower case) are the desk's own. Safe to call several times at once: the calls share children.
        Raises Unavailable when the readers are closed, before or meanwhile.
        """
        results: dict[int, Incoming | Unreadable] = {}
        batches = deque(_batches([raw for _, raw in mails], len(self._children)))

        async def work() -> None:
            while batches:
                batch = batches.popleft()
                child = await self._free.get()
                try:
                    await _read_batch(child, batch, own_addresses, results)
                finally:
                    self._free.put_nowait(child)

        await asyncio.gather(*(work() for _ in range(min(len(self._children), len(batches)))))
        return [results[position] for position in range(len(mails))]

    async def close(self) -> None:
        """End the children for good; a reading under way is cut off. Calling it twice is safe."""
        await asyncio.gather(*(child.close() for child in self._children))


class _EndedError(Exception):
    """The child ended before it answered; the message says why in words fit for `problems`.

    `by_limit` is False where something else may have ended it (the kernel, a person): the mail deserves another try.
    """

    def __init__(self, reason: str, *, by_limit: bool) -> None:
        super().__init__(reason)
        self.by_limit = by_limit


class _Child:
    """One child process and the frames to and from it."""

    def __init__(self, cpu_seconds: float, wall_seconds: float, memory_bytes: int, idle_seconds: float) -> None:
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._memory_bytes = memory_bytes
        self._idle_seconds = idle_seconds
        self._process: Process | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def read(self, mails: Sequence[bytes], own_addresses: frozenset[str]) -> list[Incoming]:
        """Return the mails read, or raise `_EndedError` when the child ended; the next call starts a new one."""
        self._stop_idling()
        try:
            async with asyncio.timeout(self._wall_seconds + len(mails) / 10):
                process = await self._started()
                return await _asked(process, pickle.dumps((list(mails), own_addresses), protocol=5))
        except TimeoutError:
            await self.end(at_once=True)
            reason = f"reading it took longer than {self._wall_seconds:g} s"
            raise _EndedError(reason, by_limit=True) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            if self._is_closed:
                raise Unavailable("The readers of mail are closed.") from None
            raise await self._last_words() from None
        except asyncio.CancelledError:
            # Half a frame is under way: the child cannot be used for another one.
            await self.end(at_once=True)
            raise
        finally:
            if self._process is not None:
                self._idle_timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._retire)

    async def end(self, *, at_once: bool = False) -> None:
        """End the process: by closing its input, by force where that takes too long or with `at_once`."""
        self._stop_idling()
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        if not at_once:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _SECONDS_TO_END)
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def close(self) -> None:
        self._is_closed = True
        await self.end()

    async def _started(self) -> Process:
        if self._is_closed:
            raise Unavailable("The readers of mail are closed.")
        if self._process is not None and not self._is_retired(self._process):
            return self._process
        await self.end()
        command = f"import sys; sys.path.insert(0, {_ROOT!r}); from intake.reader_process import main; main(%r, %r)"
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", command % (self._cpu_seconds, self._memory_bytes), stdin=PIPE, stdout=PIPE
        )
        return self._process

    def _is_retired(self, process: Process) -> bool:
        return process.returncode is not None or process.stdin is None or process.stdin.is_closing()

    def _retire(self) -> None:
        # The child ends at the end of its input; it is waited for when it is next asked or closed.
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def _stop_idling(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None

    async def _last_words(self) -> _EndedError:
        process = self._process
        await self.end()
        code = process.returncode if process else None
        if code == -signal.SIGPROF:
            reason = f"reading it took more than {self._cpu_seconds:g} s of processor time"
        elif code == ENDED_BY_MEMORY:
            reason = f"reading it took more than {self._memory_bytes // (1024 * 1024)} MiB of memory"
        else:
            return _EndedError(f"the reading process ended ({_code_in_words(code)})", by_limit=False)
        return _EndedError(reason, by_limit=True)


async def _asked(process: Process, frame: bytes) -> list[Incoming]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(frame).to_bytes(LENGTH_BYTES, "big"))
    process.stdin.write(frame)
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
    answer: list[Incoming] = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - our own child's.
    return answer


async def _read_batch(
    child: _Child,
    batch: Sequence[tuple[int, bytes]],
    own_addresses: frozenset[str],
    results: dict[int, Incoming | Unreadable],
) -> None:
    """Put what a batch reads as into `results`; when it ends the child, each of its mails is read alone."""
    try:
        answers = await child.read([raw for _, raw in batch], own_addresses)
        results.update((position, answer) for (position, _), answer in zip(batch, answers, strict=True))
        return
    except _EndedError as ended:
        if len(batch) == 1 and ended.by_limit:
            results[batch[0][0]] = _unreadable(batch[0][1], ended)
            return
    for position, raw in batch:
        try:
            results[position] = (await child.read([raw], own_addresses))[0]
        except _EndedError as ended:
            results[position] = _unreadable(raw, ended)


def _unreadable(raw: bytes, ended: _EndedError) -> Unreadable:
    return Unreadable(str(ended), mime.read_headers(raw, str(ended)))


def _batches(mails: Iterable[bytes], children: int) -> Iterable[list[tuple[int, bytes]]]:
    """Yield the mails with their positions in batches: few enough to share out, small enough to read again."""
    numbered = list(enumerate(mails))
    most = min(max(-(-len(numbered) // children), _FEWEST_IN_BATCH), _MOST_IN_BATCH)
    batch: list[tuple[int, bytes]] = []
    size = 0
    for position, raw in numbered:
        if batch and (len(batch) >= most or size + len(raw) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((position, raw))
        size += len(raw)
    if batch:
        yield batch


def _code_in_words(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name}"
