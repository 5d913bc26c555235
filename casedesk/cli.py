"""The command line: each command reads its arguments, calls one ability, and says what came of it.

An error is one line on stderr and exit code 1 (2 for wrong usage); what a command needs is imported when it runs, so
that none waits for the others' parts.
"""

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from casedesk import __version__
from casedesk import settings as operator
from casedesk.errors import CasedeskError, Unusable
from casedesk.settings import Settings

T = TypeVar("T")

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Folder of the desk (else CASEDESK_DATA).",
)


def main() -> None:
    """Run the command line; the entry point of the package."""
    try:
        commands(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show(sys.stderr)
        sys.exit(error.exit_code)
    except CasedeskError as error:
        click.echo(f"casedesk: {error.message}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        click.echo(f"casedesk: {error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True)
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="casedesk")
def commands() -> None:
    """casedesk: customers' questions become cases that are entitled, routed, answered and closed."""


@commands.command("parse-mail")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
def parse_mail(files: tuple[Path, ...]) -> None:
    """Read mails without a database: one JSON object a line a file, in the order given."""
    from intake.mime import parse_files

    for line in parse_files(files):
        click.echo(line)


@commands.command()
@_DATA
@click.option("--admin", default="admin@example.com", show_default=True, help="Address of the administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the administrator's password from standard input.")
@click.option("--print-token", is_flag=True, help="Print an API token of the administrator as the last line.")
def init(data: Path | None, admin: str, password_stdin: bool, print_token: bool) -> None:
    """Make a desk: folder, database, keys, queues, rules and an administrator."""
    settings = operator.load(data=data)
    password, told = _new_password(password_stdin)

    async def run() -> str:
        from casedesk.starting import make_desk

        return await make_desk(settings, admin_email=admin, password=password, token=print_token)

    token = _run(run)
    click.echo(f"Made a desk in {settings.data}. Start it with: casedesk serve --data {settings.data}")
    click.echo(f"Sign in as {admin}" + (f" with the password {password}" if told else ""))
    if print_token:
        click.echo(token)


@commands.command()
@_DATA
@click.option(
    "--cases", type=click.IntRange(0, 100_000), default=200, show_default=True, help="How many cases to tell."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed tells another story.")
def demo(data: Path | None, cases: int, seed: int) -> None:
    """Make a desk and fill it with Halden Instruments, a company to try everything on."""
    settings = operator.load(data=data)

    async def run() -> list[str]:
        from casedesk.demo import fill

        return await fill(settings, cases=cases, seed=seed, progress=_progress("cases"))

    for line in _run(run):
        click.echo(line)


@commands.command()
@_DATA
@click.option("--http", default=None, metavar="HOST:PORT", help="Address of the web server; port 0 picks a free one.")
@click.option("--smtp", default=None, metavar="HOST:PORT", help="Address of the SMTP server; port 0 picks a free one.")
@click.option("--role", type=click.Choice(["all", "web", "mail", "worker"]), default="all", show_default=True)
def serve(data: Path | None, http: str | None, smtp: str | None, role: str) -> None:
    """Serve until SIGTERM; prints one line once it accepts. Logs go to standard error."""
    settings = operator.load(data=data, http=http, smtp=smtp)
    from casedesk import log

    log.configure(settings.log_level)

    async def run() -> None:
        from casedesk.app import Role, serve
        from casedesk.starting import sample_sign_ins

        await serve(settings, Role(role), lambda line: click.echo(line), samples=sample_sign_ins(settings))

    _run(run)


@commands.command()
@_DATA
def verify(data: Path | None) -> None:
    """Prove that nothing was lost: ledger, cases, index, outbox and files add up. Exit 1 with a line for each fault."""
    settings = operator.load(data=data)

    async def run() -> Any:
        from casedesk.app import opened, spool_of
        from casedesk.proving import prove
        from knowledge.index import SolutionIndex

        async with opened(settings):
            spool, index = spool_of(settings), SolutionIndex(settings)
            await spool.open()
            try:
                return await prove(spool, index, _progress("verify"))
            finally:
                await spool.close()

    proof = _run(run)
    for name, count in proof.counts.items():
        click.echo(f"{name} {count}")
    for fault in proof.faults:
        click.echo(f"FAULT {fault}")
    click.echo("all holds" if not proof.faults else f"{len(proof.faults)} faults")
    if proof.faults:
        raise click.exceptions.Exit(1)


@commands.command()
@_DATA
def migrate(data: Path | None) -> None:
    """Bring the database to the schema of this program."""
    settings = operator.load(data=data)

    async def run() -> list[str]:
        from casedesk.database.migrating import migrate

        return await migrate(settings, lambda name: click.echo(f"running {name}", err=True))

    done = _run(run)
    click.echo(f"{len(done)} migration(s) run: {', '.join(done)}" if done else "the database is current")


@commands.command()
@_DATA
def reindex(data: Path | None) -> None:
    """Build the search index of the solutions anew from the database."""
    settings = operator.load(data=data)

    async def run() -> int:
        from casedesk.app import opened
        from casedesk.database.lock import serving_lock
        from knowledge.index import SolutionIndex

        with serving_lock(settings.data):
            async with opened(settings):
                index = SolutionIndex(settings)
                told = _progress("solutions")
                return await index.rebuild(lambda done, total: told("solutions", done, total))

    click.echo(f"{_run(run)} solutions indexed")


@commands.command("import")
@click.argument("kind", type=click.Choice(["solutions"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_DATA
def import_(kind: str, file: Path, data: Path | None) -> None:
    """Import FILE (solutions: one JSON object a line); prints created, updated and failed with line numbers."""
    settings = operator.load(data=data)
    lines = file.read_bytes()

    async def run() -> Any:
        from casedesk.app import opened
        from casedesk.identity import SYSTEM
        from knowledge.importing import import_lines

        async with opened(settings):
            return await import_lines(lines, by=SYSTEM)

    done = _run(run)
    click.echo(f"created {done.created}\nupdated {done.updated}\nfailed {len(done.failed)}")
    for failure in done.failed:
        click.echo(f"line {failure.line}: {failure.message}", err=True)
    if done.failed:
        raise click.exceptions.Exit(1)


@commands.group()
def user() -> None:
    """Members of staff."""


@user.command("add")
@_DATA
@click.argument("email")
@click.option("--name", default="", help="Full name (else the part before the @).")
@click.option(
    "--role", type=click.Choice(["agent", "supervisor", "knowledge_manager", "administrator", "sales"]), default="agent"
)
@click.option("--tier", type=int, default=None)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def user_add(data: Path | None, email: str, name: str, role: str, tier: int | None, password_stdin: bool) -> None:
    """Add a member of staff."""
    settings = operator.load(data=data)
    password, told = _new_password(password_stdin)

    async def act() -> None:
        from casedesk.identity import SYSTEM
        from casedesk.users.enrolling import add_user

        given = {
            "email": email,
            "name": name or email.partition("@")[0],
            "role": role,
            "tier": tier,
            "password": password,
        }
        await add_user(given, by=SYSTEM)

    _in_desk(settings, act)
    click.echo(f"Added {email}" + (f" with the password {password}" if told else ""))


@user.command("passwd")
@_DATA
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def user_passwd(data: Path | None, email: str, password_stdin: bool) -> None:
    """Give a member of staff a new password; ends their sessions."""
    settings = operator.load(data=data)
    password, told = _new_password(password_stdin)

    async def act() -> None:
        from casedesk.identity import SYSTEM
        from casedesk.users.directory import find_by_email
        from casedesk.users.enrolling import set_password

        await set_password((await find_by_email(email)).id, password, by=SYSTEM)

    _in_desk(settings, act)
    click.echo(f"New password for {email}" + (f": {password}" if told else ""))


@user.command("list")
@_DATA
def user_list(data: Path | None) -> None:
    """List the members of staff."""

    async def act() -> Any:
        from casedesk.users.directory import list_users

        return await list_users(limit=10_000)

    for each in _in_desk(operator.load(data=data), act):
        click.echo(f"{each.email}\t{each.role}\t{each.name}" + ("" if each.active else "\tsuspended"))


@commands.group()
def token() -> None:
    """API tokens."""


@token.command("add")
@_DATA
@click.option("--user", "email", required=True, help="Address of the user whose token it is.")
@click.option("--name", default="", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="A right it is limited to (case.read, case.*); repeat for more.")
def token_add(data: Path | None, email: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a token; it is printed once, as the last line."""

    async def act() -> str:
        from casedesk.identity import SYSTEM
        from casedesk.users.directory import find_by_email
        from casedesk.users.enrolling import add_token

        made = await add_token((await find_by_email(email)).id, by=SYSTEM, name=name, scopes=list(scopes) or None)
        return made.secret

    click.echo(_in_desk(operator.load(data=data), act))


@token.command("revoke")
@_DATA
@click.argument("token_id", type=int)
def token_revoke(data: Path | None, token_id: int) -> None:
    """Revoke a token by the number `token list` shows; it is refused at once."""

    async def act() -> None:
        from casedesk.identity import SYSTEM
        from casedesk.users.enrolling import revoke_token

        await revoke_token(token_id, by=SYSTEM)

    _in_desk(operator.load(data=data), act)
    click.echo(f"Revoked token {token_id}")


@token.command("list")
@_DATA
def token_list(data: Path | None) -> None:
    """List the tokens, without their secrets."""

    async def act() -> Any:
        from casedesk.users.directory import list_tokens

        return await list_tokens()

    for each in _in_desk(operator.load(data=data), act):
        click.echo(f"{each.id}\t{each.prefix}…\t{each.name}" + ("\trevoked" if each.revoked_at else ""))


@commands.command()
@_DATA
def check(data: Path | None) -> None:
    """Look for what could go wrong and name the cure of each problem. Exit 1 when there is any."""
    settings = operator.load(data=data)

    async def run() -> list[str]:
        from casedesk.starting import examine

        return await examine(settings)

    problems = _run(run)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("all is well")


def _run(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` on uvloop and return its result."""
    import uvloop

    async def run() -> T:
        return await work()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


def _in_desk(settings: Settings, act: Callable[[], Awaitable[T]]) -> T:
    """Run `act` with the desk's database open."""

    async def run() -> T:
        from casedesk.app import opened

        async with opened(settings):
            return await act()

    return _run(run)


def _new_password(from_stdin: bool) -> tuple[str, bool]:
    """Return a password and whether it was made up here and has to be told."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Unusable("no password on standard input")
        return password, False
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True), False
    return secrets.token_urlsafe(12), True


def _progress(what: str) -> Callable[[str, int, int], None]:
    """Return a teller of progress: a bar on a terminal, a plain line each tenth elsewhere, both on standard error."""
    told = {"tenth": -1}

    def tell(name: str, done: int, total: int) -> None:
        tenth = 10 if total == 0 else done * 10 // total
        if sys.stderr.isatty():
            width = 30 if total == 0 else done * 30 // total
            end = "\n" if done >= total else ""
            with suppress(BrokenPipeError):
                sys.stderr.write(f"\r{name or what} [{'#' * width}{'.' * (30 - width)}] {done}/{total}{end}")
                sys.stderr.flush()
        elif tenth != told["tenth"]:
            click.echo(f"{name or what} {done}/{total}", err=True)
        told["tenth"] = tenth

    return tell
