"""Commands about members of staff and API tokens."""

from pathlib import Path
from typing import Any

import click

from casedesk import settings as operator
from casedesk.cli.asking import DATA, in_desk, new_password


@click.group()
def user() -> None:
    """Members of staff."""


@user.command("add")
@DATA
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
    password, told = new_password(password_stdin)

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

    in_desk(settings, act)
    click.echo(f"Added {email}" + (f" with the password {password}" if told else ""))


@user.command("passwd")
@DATA
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def user_passwd(data: Path | None, email: str, password_stdin: bool) -> None:
    """Give a member of staff a new password; ends their sessions."""
    settings = operator.load(data=data)
    password, told = new_password(password_stdin)

    async def act() -> None:
        from casedesk.identity import SYSTEM
        from casedesk.users.directory import find_by_email
        from casedesk.users.enrolling import set_password

        await set_password((await find_by_email(email)).id, password, by=SYSTEM)

    in_desk(settings, act)
    click.echo(f"New password for {email}" + (f": {password}" if told else ""))


@user.command("list")
@DATA
def user_list(data: Path | None) -> None:
    """List the members of staff."""

    async def act() -> Any:
        from casedesk.users.directory import list_users

        return await list_users(limit=10_000)

    for each in in_desk(operator.load(data=data), act):
        click.echo(f"{each.email}\t{each.role}\t{each.name}" + ("" if each.active else "\tsuspended"))


@click.group()
def token() -> None:
    """API tokens."""


@token.command("add")
@DATA
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

    click.echo(in_desk(operator.load(data=data), act))


@token.command("revoke")
@DATA
@click.argument("token_id", type=int)
def token_revoke(data: Path | None, token_id: int) -> None:
    """Revoke a token by the number `token list` shows; it is refused at once."""

    async def act() -> None:
        from casedesk.identity import SYSTEM
        from casedesk.users.enrolling import revoke_token

        await revoke_token(token_id, by=SYSTEM)

    in_desk(operator.load(data=data), act)
    click.echo(f"Revoked token {token_id}")


@token.command("list")
@DATA
def token_list(data: Path | None) -> None:
    """List the tokens, without their secrets."""

    async def act() -> Any:
        from casedesk.users.directory import list_tokens

        return await list_tokens()

    for each in in_desk(operator.load(data=data), act):
        click.echo(f"{each.id}\t{each.prefix}…\t{each.name}" + ("\trevoked" if each.revoked_at else ""))
