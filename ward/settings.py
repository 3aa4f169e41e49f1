"""Settings of a process, from the environment: `WARDPATH_DB`, `WARDPATH_BY`, `WARDPATH_ROLE`, `WARDPATH_LOG`,
`WARDPATH_CHANNELS`, `WARDPATH_PATHWAYS`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from ward.errors import NotUnderstood

#: Where `wardpath run --demo` keeps its ward, and where every other command looks when nothing is said.
DEMONSTRATION_DB = Path("demo.db")
#: Nobody else listens on it by default, and it needs no rights.
PORT = 8000


class Settings(BaseSettings):
    """`db`: the store's file, or the URL of a PostgreSQL database. `by`, `role`: who speaks on this command line.

    `log`: the least level that is logged.
    `channels`: the channels of plug-ins that are used, each with its settings, as JSON: `{"pager": {"line": "4"}}`.
    `pathways`: the files of pathways beside the shipped ones, as JSON: `["/etc/wardpath/sepsis.toml"]`.
    """

    model_config = SettingsConfigDict(env_prefix="WARDPATH_", extra="ignore")

    #: May hold a password, so that it stands in no text of these settings.
    db: str | None = Field(default=None, repr=False)
    by: str = Field(default="", max_length=200)
    role: str = Field(default="", max_length=60)
    log: Literal["debug", "info", "warning", "error"] = "warning"
    #: May hold what opens a line; as `db`.
    channels: dict[str, dict[str, str]] = Field(default={}, repr=False)
    pathways: tuple[Path, ...] = ()


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
