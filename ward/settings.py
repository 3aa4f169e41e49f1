"""Settings of a process, from the environment: `WARDPATH_DB`, `WARDPATH_BY`, `WARDPATH_ROLE`, `WARDPATH_LOG`,
`WARDPATH_CHANNELS`, `WARDPATH_ROUTES`, `WARDPATH_PATHWAYS`, `WARDPATH_OVERRIDES`, `WARDPATH_FEEDS`, `WARDPATH_PAPER`,
`WARDPATH_PAPER_NAMED`, `WARDPATH_KEY_FILE`, `WARDPATH_CHECKPOINT_KEY`, `WARDPATH_CHECKPOINTS`,
`WARDPATH_CHECKPOINTS_COPY`, `WARDPATH_VERIFY_AT`, `WARDPATH_TOKEN`, `WARDPATH_SECOND_TOKEN`,
`WARDPATH_ONE_TIME_HOURS`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from ward.errors import NotUnderstood

#: Where `wardpath run --demo` keeps its ward, and where every other command looks when nothing is said.
DEMONSTRATION_DB = Path("demo.db")
#: Nobody else listens on it by default, and it needs no rights.
PORT = 8000


class RouteSetting(BaseModel):
    """Through which channels some notices go, the first one first: docs/how-to/notify.md.

    `roles`, `by` (page, inbox, second) and `critical` say which; what is left out means any.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    through: tuple[str, ...]
    roles: tuple[str, ...] = ()
    by: tuple[Literal["page", "inbox", "second"], ...] = ()
    critical: bool | None = None


class Settings(BaseSettings):
    """`db`: the store's file, or the URL of a PostgreSQL database. `by`, `role`: who speaks on this command line.

    `token`: of a service, or of a sign-in, which proves who speaks; `second_token`: of whoever signs beside them.
    `log`: the least level that is logged.
    `channels`: the channels that are used, each with its settings, as JSON: `{"pager": {"line": "4"}}`.
    `routes`: which notices go through which of them, as JSON: `[{"roles": ["administrator"], "through": ["pager"]}]`.
    `pathways`: the files of pathways beside the shipped ones, as JSON: `["/etc/wardpath/sepsis.toml"]`.
    `overrides`: the files in which the site says its own settings of them, as JSON: `["/etc/wardpath/site.toml"]`.
    `feeds`: how long each feed may be silent before the watchdog alarms, by its actor, as JSON: `{"lab": "6 h"}`.
    `paper`: the folder for the downtime sheets; `paper_named`: how a patient is named on them, `token` or `name`.
    `one_time_hours`: for how long a password for one use opens a sign-in, after it was given.
    `key_file`: where the key of the site lies, which opens identities and free text; else beside the store.
    `checkpoint_key`: where the key of the checkpoints lies; else beside the store. `checkpoints`: the folder into which
    they are written, else beside the store; `checkpoints_copy`: the second place. `verify_at`: when in the night of the
    site the whole record is verified, such as 03:30.
    """

    model_config = SettingsConfigDict(env_prefix="WARDPATH_", extra="ignore")

    #: May hold a password, so that it stands in no text of these settings.
    db: str | None = Field(default=None, repr=False)
    by: str = Field(default="", max_length=200)
    role: str = Field(default="", max_length=60)
    token: str = Field(default="", max_length=300, repr=False)
    second_token: str = Field(default="", max_length=300, repr=False)
    log: Literal["debug", "info", "warning", "error"] = "warning"
    #: May hold what opens a line; as `db`.
    channels: dict[str, dict[str, str]] = Field(default={}, repr=False)
    routes: tuple[RouteSetting, ...] = ()
    pathways: tuple[Path, ...] = ()
    overrides: tuple[Path, ...] = ()
    feeds: dict[str, str] = {}
    paper: Path | None = None
    key_file: Path | None = None
    checkpoint_key: Path | None = None
    checkpoints: Path | None = None
    checkpoints_copy: Path | None = None
    verify_at: str = Field(default="03:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    paper_named: Literal["token", "name"] = "token"
    one_time_hours: int = Field(default=72, ge=1, le=24 * 30)


def settings() -> Settings:
    """The settings of this process. Raises NotUnderstood, which names the variable and never its value."""
    try:
        return Settings()
    except ValidationError as error:
        fields = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
        raise unreadable(fields) from None
    except SettingsError as error:
        raise unreadable({name for name in Settings.model_fields if f'"{name}"' in str(error)}) from None


def unreadable(fields: set[str]) -> NotUnderstood:
    """An error for settings that cannot be read."""
    names = ", ".join(f"WARDPATH_{name.upper()}" for name in sorted(fields))
    return NotUnderstood(f"{names or 'a setting'} cannot be read", "the form that the manual shows", "mend or unset it")


class Passwords(BaseSettings):
    """The passwords of a server's roles when they are made: `WARDPATH_OWNER_PASSWORD` and the other two."""

    model_config = SettingsConfigDict(env_prefix="WARDPATH_", extra="ignore")

    owner: SecretStr | None = Field(default=None, validation_alias="WARDPATH_OWNER_PASSWORD")
    application: SecretStr | None = Field(default=None, validation_alias="WARDPATH_APPLICATION_PASSWORD")
    auditor: SecretStr | None = Field(default=None, validation_alias="WARDPATH_AUDITOR_PASSWORD")
