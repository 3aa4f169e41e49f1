"""Settings of a process, from the environment: `WARDPATH_DB`, `WARDPATH_BY`, `WARDPATH_ROLE`, `WARDPATH_LOG`."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Where `wardpath run --demo` keeps its ward, and where every other command looks when nothing is said.
DEMONSTRATION_DB = Path("demo.db")
#: Nobody else listens on it by default, and it needs no rights.
PORT = 8000


class Settings(BaseSettings):
    """`db`: the store's file. `by`, `role`: who speaks on this command line. `log`: the least level that is logged."""

    model_config = SettingsConfigDict(env_prefix="WARDPATH_", extra="ignore")

    db: Path | None = None
    by: str = Field(default="", max_length=200)
    role: str = Field(default="", max_length=60)
    log: Literal["debug", "info", "warning", "error"] = "warning"
