"""Every setting of Stratum in one table.

The doors (`app.py`, `cli.py`) read it once and pass values down; no formula
reads the environment. Each field is set by an environment variable of the
same name with the prefix ``STRATUM_`` (``STRATUM_HOME=/srv/stratum``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Role = Literal["manager", "officer", "approver", "admin"]


class Settings(BaseSettings):
    """The settings, with their defaults, units and what they are for."""

    model_config = SettingsConfigDict(env_prefix="STRATUM_", frozen=True, extra="ignore")

    home: Path = Field(
        default_factory=lambda: user_data_path("stratum"),
        description="Folder of everything a bank keeps: the warehouse, the inbox, uploads under way.",
    )
    warehouse: Path | None = Field(
        default=None, description="The DuckDB file; by default HOME/stratum.duckdb."
    )
    inbox: Path | None = Field(
        default=None, description="Folder whose files the app offers; by default HOME/inbox."
    )
    shared: Path = Field(
        default=Path("../shared"),
        description="Where the whole real portfolios lie (make test-real, make evidence).",
    )
    memory_limit: str = Field(
        default="2GB", description="What the engine may hold in memory before it spills."
    )
    threads: int = Field(default=0, ge=0, description="Threads of the engine; 0 is one a core.")
    samples: bool = Field(default=True, description="Put the sample portfolios into a new warehouse.")
    samples_file: Path = Field(
        default=Path(__file__).resolve().parent / ".venv" / "samples.duckdb",
        description="Warehouse of scored samples that `make setup` builds; a new home starts with a copy.",
    )
    max_upload_mb: int = Field(default=2048, ge=1, description="Largest file the browser door takes, in MB.")
    max_rows: int = Field(default=50_000_000, ge=1, description="Most rows of one portfolio.")
    max_columns: int = Field(default=2_000, ge=1, description="Most columns of one file.")
    max_cell_length: int = Field(
        default=100_000, ge=1, description="Longest text of one cell, in characters."
    )
    language: Literal["en", "zh"] = Field(default="en", description="Language of a first visit.")
    roles: tuple[Role, ...] = Field(
        default=("manager", "officer", "approver", "admin"),
        description="Roles of the person at this machine while no login stands before the app.",
    )
    user_header: str = Field(
        default="",
        description="Header in which a trusted proxy names the person; empty: the operating system's user.",
    )
    sample_rows: int = Field(default=100_000, ge=1_000, description="Rows a model is fitted on at most.")

    @field_validator("home", "warehouse", "inbox", "shared", "samples_file")
    @classmethod
    def _expand_user(cls, value: Path | None) -> Path | None:
        """Let a path begin with ``~``."""
        return value.expanduser() if value else value

    @property
    def warehouse_path(self) -> Path:
        """Where the DuckDB file lies."""
        return self.warehouse or self.home / "stratum.duckdb"

    @property
    def inbox_path(self) -> Path:
        """Where files wait to be taken in."""
        return self.inbox or self.home / "inbox"

    @property
    def incoming_path(self) -> Path:
        """Where uploads lie while they are read."""
        return self.home / "incoming"
