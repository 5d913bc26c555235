"""The command line: each command reads its arguments, calls one ability, and says what came of it.

An error is one line on stderr and exit code 1 (2 for wrong usage); what a command needs is imported when it runs, so
that none waits for the others' parts.
"""

import sys
from pathlib import Path
from typing import Any

import click

from casedesk import __version__
from casedesk import settings as operator
from casedesk.cli import importing, people
from casedesk.cli.asking import DATA, new_password, progress, run
from casedesk.errors import CasedeskError

SIZES = {"small": 200, "full": 5000}
"""Cases of the demo by the name of its size."""


def main() -> None:
    """Run the command line; the entry point of the package."""
    try:
        code = commands(standalone_mode=False)
        if isinstance(code, int):  # click gives an Exit back as its code instead of raising it
            sys.exit(code)
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
@DATA
@click.option("--admin", default="admin@example.com", show_default=True, help="Address of the administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the administrator's password from standard input.")
@click.option("--print-token", is_flag=True, help="Print an API token of the administrator as the last line.")
def init(data: Path | None, admin: str, password_stdin: bool, print_token: bool) -> None:
    """Make a desk: folder, database, keys, queues, rules and an administrator."""
    settings = operator.load(data=data)
    password, told = new_password(password_stdin)

    async def work() -> str:
        from casedesk.starting import make_desk

        return await make_desk(settings, admin_email=admin, password=password, token=print_token)

    token = run(work)
    click.echo(f"Made a desk in {settings.data}. Start it with: casedesk serve --data {settings.data}")
    click.echo(f"Sign in as {admin}" + (f" with the password {password}" if told else ""))
    if print_token:
        click.echo(token)


@commands.command()
@DATA
@click.option("--size", type=click.Choice(list(SIZES)), default="full", show_default=True, help="small: 200 cases.")
@click.option(
    "--cases", type=click.IntRange(0, 100_000), default=None, help="How many cases to tell, instead of a size."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed tells another story.")
@click.option("--at-once", type=click.IntRange(1), default=None, help="Tell so many now; `serve` tells the others.")
@click.option("--go-on", is_flag=True, help="Tell what is left of a demo that was begun.")
@click.option("--live", is_flag=True, help="Let people write, call and answer in a demo that is served, until stopped.")
def demo(
    data: Path | None, size: str, cases: int | None, seed: int, at_once: int | None, go_on: bool, live: bool
) -> None:
    """Make a desk and fill it with Halden Instruments, a company to try everything on."""
    settings = operator.load(data=data)

    async def work() -> list[str]:
        from casedesk import demo
        from casedesk.demo import living

        if live:
            await living.live(settings, seed=seed)
            return []
        if go_on:
            await demo.go_on(settings, progress("cases"))
            return []
        wanted = SIZES[size] if cases is None else cases
        return await demo.fill(settings, cases=wanted, seed=seed, progress=progress("cases"), most=at_once)

    for line in run(work):
        click.echo(line)


@commands.command()
@DATA
@click.option("--http", default=None, metavar="HOST:PORT", help="Address of the web server; port 0 picks a free one.")
@click.option("--smtp", default=None, metavar="HOST:PORT", help="Address of the SMTP server; port 0 picks a free one.")
@click.option("--role", type=click.Choice(["all", "web", "mail", "worker"]), default="all", show_default=True)
def serve(data: Path | None, http: str | None, smtp: str | None, role: str) -> None:
    """Serve until SIGTERM; prints one line once it accepts. Logs go to standard error."""
    settings = operator.load(data=data, http=http, smtp=smtp)
    from casedesk import log

    log.configure(settings.log_level)

    async def work() -> None:
        from casedesk.app import Role, serve
        from casedesk.demo.filling import filling_of
        from casedesk.starting import sample_sign_ins

        samples, companion = sample_sign_ins(settings), filling_of(settings)
        await serve(settings, Role(role), lambda line: click.echo(line), samples=samples, companion=companion)

    run(work)


@commands.command()
@DATA
def verify(data: Path | None) -> None:
    """Prove that nothing was lost: ledger, cases, index, outbox and files add up. Exit 1 with a line for each fault."""
    settings = operator.load(data=data)

    async def work() -> Any:
        from casedesk.app import opened, spool_of
        from casedesk.proving import prove
        from knowledge.index import SolutionIndex

        async with opened(settings):
            spool, index = spool_of(settings), SolutionIndex(settings)
            await spool.open()
            try:
                return await prove(spool, index, progress("verify"))
            finally:
                await spool.close()

    proof = run(work)
    for name, count in proof.counts.items():
        click.echo(f"{name} {count}")
    for fault in proof.faults:
        click.echo(f"FAULT {fault}")
    click.echo("all holds" if not proof.faults else f"{len(proof.faults)} faults")
    if proof.faults:
        raise click.exceptions.Exit(1)


@commands.command()
@DATA
def migrate(data: Path | None) -> None:
    """Bring the database to the schema of this program."""
    settings = operator.load(data=data)

    async def work() -> list[str]:
        from casedesk.database.migrating import migrate

        return await migrate(settings, lambda name: click.echo(f"running {name}", err=True))

    done = run(work)
    click.echo(f"{len(done)} migration(s) run: {', '.join(done)}" if done else "the database is current")


@commands.command()
@DATA
def reindex(data: Path | None) -> None:
    """Build the search index of the solutions anew from the database."""
    settings = operator.load(data=data)

    async def work() -> int:
        from casedesk.app import opened
        from casedesk.database.lock import serving_lock
        from knowledge.index import SolutionIndex

        with serving_lock(settings.data):
            async with opened(settings):
                index = SolutionIndex(settings)
                told = progress("solutions")
                return await index.rebuild(lambda done, total: told("solutions", done, total))

    click.echo(f"{run(work)} solutions indexed")


@commands.command()
@DATA
def check(data: Path | None) -> None:
    """Look for what could go wrong and name the cure of each problem. Exit 1 when there is any."""
    settings = operator.load(data=data)

    async def work() -> list[str]:
        from casedesk.starting import examine

        return await examine(settings)

    problems = run(work)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("all is well")


commands.add_command(importing.import_)
commands.add_command(people.user)
commands.add_command(people.token)
