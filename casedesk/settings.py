"""What an operator sets: read once from flags, CASEDESK_* variables and DIR/casedesk.toml, frozen afterwards.

The only reader of the environment. What a manager sets (queues, hours, rules, letters) are rows, not settings.
"""

import ipaddress
import secrets
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from casedesk.errors import Unusable

FIVE_DAYS = 432_000
LOG_LEVELS = ("debug", "info", "warning", "error")
SHORTEST_SECRET = 12


def _default_backoff() -> tuple[int, ...]:
    """Return 1, 5, 15, 60 minutes, then every two hours until five days are over (RFC 5321 section 4.5.4.1)."""
    first = (60, 300, 900, 3600)
    return first + (7200,) * ((FIVE_DAYS - sum(first)) // 7200)


class Settings(BaseSettings):
    """Every setting of the program, with its unit, its default and what it is for."""

    model_config = SettingsConfigDict(env_prefix="CASEDESK_", frozen=True, extra="ignore")

    data: Path = Field(Path("casedesk-data"), description="Folder of the database, the spool, files, keys and index.")
    database: str = Field(
        "", description="`postgres://user:password@host:port/name`; empty: SQLite in the data folder."
    )
    http: str = Field("127.0.0.1:8000", description="Address and port of the web server; port 0 picks a free one.")
    smtp: str = Field("127.0.0.1:8025", description="Address and port of the SMTP server; port 0 picks a free one.")
    smtp_certificate: str = Field(
        "", description="PEM file with the certificate chain (and key) of the SMTP server: STARTTLS is offered with it."
    )
    smtp_key: str = Field("", description="PEM file with the key of that certificate, where it is a file of its own.")
    relay: str = Field(
        "file:", description="`smtp://user:password@host:587`, or `file:` for .eml files under DATA/outgoing."
    )
    store: str = Field("file:", description="Where attachments are kept: `file:` in the data folder.")
    url: str = Field("", description="Public base address, for links in mail; empty: the address served at.")
    secret: str = Field("", description="Key of all signed links; empty: the key file in the data folder.")
    proxies: Annotated[tuple[str, ...], NoDecode] = Field((), description="Addresses that may set X-Forwarded-*.")
    backoff: Annotated[tuple[int, ...], NoDecode] = Field(
        default_factory=_default_backoff, description="Seconds between tries of outgoing mail, comma-separated."
    )
    undo_seconds: int = Field(
        8, ge=0, le=60, description="Seconds for which a reply sent from the console can be undone."
    )
    max_message_bytes: int = Field(26_214_400, ge=65_536, description="Largest mail taken, in bytes.")
    max_upload_bytes: int = Field(26_214_400, ge=1024, description="Largest attachment taken by page or API, in bytes.")
    close_after_days: int = Field(7, ge=1, description="Days after which a resolved case closes by itself.")
    reopen_days: int = Field(14, ge=0, description="Days within which an answer reopens a closed case.")
    grace_days: int = Field(14, ge=0, description="Days a contract that has ended is still honoured.")
    acknowledgements_per_hour: int = Field(3, ge=0, description="Acknowledgements one address gets in an hour at most.")
    acknowledgements_per_domain: int = Field(
        100, ge=0, description="Acknowledgements the addresses of one domain get in an hour at most."
    )
    acknowledgements_in_all: int = Field(
        1000, ge=0, description="Acknowledgements that leave in an hour at most, to whomever."
    )
    automatic_per_day: int = Field(
        20, ge=0, description="Automatic mails one address or one case gets in a day at most."
    )
    forms_per_caller: int = Field(
        20, ge=0, description="Forms of other sites taken in an hour from one network address at most."
    )
    forms_per_address: int = Field(20, ge=0, description="Forms taken in an hour with one mail address at most.")
    readers: int = Field(1, ge=1, le=16, description="Child processes that read mail.")
    session_hours: int = Field(12, ge=1, description="Hours after which an unused sign-in ends.")
    argon2_kib: int = Field(65_536, ge=8, description="Memory of one password hash, in KiB (tests lower it).")
    argon2_rounds: int = Field(3, ge=1, description="Passes of one password hash.")
    log_level: str = Field("info", description="debug, info, warning or error.")

    @field_validator("backoff", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        if isinstance(value, str):
            parts = [part.strip() for part in value.split(",") if part.strip() and part.strip() != "…"]
            if not parts or not all(part.isdigit() for part in parts):
                raise ValueError("give seconds, comma-separated, such as 60,300,900")
            return tuple(int(part) for part in parts)
        return value

    @field_validator("proxies", mode="before")
    @classmethod
    def _addresses(cls, value: Any) -> Any:
        parts = tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
        for part in parts:
            try:
                ipaddress.ip_network(part, strict=False)
            except ValueError:
                raise ValueError(f"{part} is no address: give such as 10.0.0.1 or 10.0.0.0/8") from None
        return parts

    @field_validator("http", "smtp")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65_535:
            raise ValueError("give HOST:PORT, such as 127.0.0.1:8000")
        return value

    @field_validator("database")
    @classmethod
    def _engine(cls, value: str) -> str:
        if value and not _is_address(value, "postgres", "postgresql", hostless=True):
            raise ValueError("give postgres://user:password@host:port/name, or leave it empty for SQLite")
        return value

    @field_validator("relay")
    @classmethod
    def _relay(cls, value: str) -> str:
        if urlsplit(value).scheme != "file" and not _is_address(value, "smtp", "smtps"):
            raise ValueError("give smtp://user:password@host:587, smtps://… or file:")
        return value

    @field_validator("store")
    @classmethod
    def _store(cls, value: str) -> str:
        if value != "file:":
            raise ValueError("this version keeps attachments in the data folder: give file:")
        return value

    @field_validator("url")
    @classmethod
    def _public_address(cls, value: str) -> str:
        if value and not _is_address(value, "http", "https"):
            raise ValueError("give http://… or https://… with a host name, or leave it empty")
        return value

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SECRET:
            raise ValueError(f"give at least {SHORTEST_SECRET} characters that nobody can guess")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.lower() not in LOG_LEVELS:
            raise ValueError(f"give one of {', '.join(LOG_LEVELS)}")
        return value.lower()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: flags over environment over DIR/casedesk.toml over defaults."""
        flags = {key: value for key, value in init_settings().items() if value is not None}
        folder = Path(flags.get("data") or env_settings().get("data") or "casedesk-data")
        return InitSettingsSource(settings_cls, flags), env_settings, _TomlSource(settings_cls, folder)

    @property
    def is_postgres(self) -> bool:
        """Say whether the database is PostgreSQL."""
        return bool(self.database)

    @property
    def sqlite_file(self) -> Path:
        """Return the file of the SQLite database."""
        return self.data / "casedesk.db"

    @property
    def secret_file(self) -> Path:
        """Return the file that keeps the key when no setting gives one."""
        return self.data / "secret.key"

    def signing_key(self) -> bytes:
        """Return the key of signed links and tokens; raises Unusable when neither setting nor file gives one."""
        if self.secret:
            return self.secret.encode()
        try:
            return self.secret_file.read_bytes().strip()
        except OSError:
            raise Unusable(f"no key in {self.secret_file}: run `casedesk init`, or set CASEDESK_SECRET") from None

    def make_key(self) -> None:
        """Write a new random key file (mode 0600) unless there is one or a setting gives the key."""
        if self.secret or self.secret_file.exists():
            return
        self.secret_file.touch(mode=0o600)
        self.secret_file.write_text(secrets.token_hex(32) + "\n")


class _TomlSource(PydanticBaseSettingsSource):
    """Values from DIR/casedesk.toml."""

    def __init__(self, settings_cls: type[BaseSettings], folder: Path) -> None:
        super().__init__(settings_cls)
        self.file = folder / "casedesk.toml"

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Unused: `__call__` gives the whole table at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the table of the file, or nothing when there is none."""
        try:
            table = tomllib.loads(self.file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise Unusable(f"{self.file} cannot be read: {error}") from None
        if unknown := sorted(table.keys() - Settings.model_fields.keys()):
            raise Unusable(f"{self.file}: there is no setting {unknown[0]}")
        return table


def _is_address(value: str, *schemes: str, hostless: bool = False) -> bool:
    """Say whether a URL has one of the schemes, a host (unless `hostless`) and a port that can be one."""
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and (hostless or bool(parts.hostname)) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number or too large
        return False


_in_force: list[Settings] = []


def use(settings: Settings) -> None:
    """Make `settings` those in force for this process (the composition root and tests do this once)."""
    _in_force[:] = [settings]


def current() -> Settings:
    """Return the settings in force; raises Unusable before `use` was called."""
    if not _in_force:
        raise Unusable("no settings are in force yet")
    return _in_force[0]


_served_at: list[str] = []


def serve_at(url: str) -> None:
    """Remember the address the web server has bound, for links when no public one is set."""
    _served_at[:] = [url]


def public_url() -> str:
    """Return the base of links in mail, without a slash at its end: CASEDESK_URL, else the address served at."""
    settings = current()
    return (settings.url or (_served_at[0] if _served_at else f"http://{settings.http}")).rstrip("/")


_mail_door: list[str] = []


def take_mail_at(door: str) -> None:
    """Remember where this process takes mail (HOST:PORT), for the test mail of setup."""
    _mail_door[:] = [door]


def mail_door() -> str:
    """Return HOST:PORT of our own SMTP server: where this process takes mail, else where the settings say."""
    return _mail_door[0] if _mail_door else current().smtp


def load(**flags: Any) -> Settings:
    """Return the settings with `flags` (None means not given) over everything; raises Unusable in one line."""
    try:
        return Settings(**flags)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Unusable(
            f"setting {name} (CASEDESK_{name.upper()}): {first['msg'].removeprefix('Value error, ')}"
        ) from None
