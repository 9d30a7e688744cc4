"""The user's settings: one typed object, read when asked for and passed on explicitly."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import tomli_w
from platformdirs import user_data_path

from assistant.errors import DataError
from assistant.resources import check_keys, read_toml, write_atomically

EMBEDDED = "embedded"
STORES = ("faiss", "milvus")
MILVUS_TOKEN = "BIGAN_MILVUS_TOKEN"  # the environment variable; a secret does not belong into settings.toml
_NOT_IN_FILE = ("home", "milvus_token")


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` holds all state. `model` is a GGUF path and `embedder` a sentence-transformers folder, or "embedded".

    `context_tokens` and `threads` are 0 for "as the model and the machine allow". `store` is one of STORES;
    `milvus_uri` an address, or a path under `home` for Milvus Lite; `milvus_ca` a PEM file with the
    certificate of the authority that signed the server's, "" for the public ones.
    """

    home: Path
    model: str = EMBEDDED
    embedder: str = EMBEDDED
    context_tokens: int = 0
    threads: int = 0
    store: str = "faiss"
    milvus_uri: str = ""
    milvus_ca: str = ""
    milvus_token: str = field(default="", repr=False)

    @property
    def models_folder(self) -> Path:
        return self.home / "models"

    @property
    def index_folder(self) -> Path:
        return self.home / "index"

    @property
    def documents_folder(self) -> Path:
        return self.home / "documents"

    @property
    def database(self) -> Path:
        return self.home / "workspace.sqlite3"

    @property
    def vector_cache(self) -> Path:
        return self.home / "vectors.sqlite3"

    @property
    def file(self) -> Path:
        return self.home / "settings.toml"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from BIGAN_HOME/settings.toml over the defaults, and the token from the environment.

    Raises DataError for an unreadable file, an unknown key or a value that cannot be.
    """
    environment = os.environ if environment is None else environment
    home = environment.get("BIGAN_HOME", "")
    settings = Settings(
        home=Path(home).expanduser().resolve() if home else user_data_path("bigan", appauthor=False),
        milvus_token=environment.get(MILVUS_TOKEN, ""),
    )
    if not settings.file.exists():
        return settings
    values = read_toml(settings.file)
    defaults = {key: value for key, value in asdict(settings).items() if key not in _NOT_IN_FILE}
    check_keys("设置文件 settings.toml ", values, (), defaults)
    for key, value in values.items():
        if type(value) is not type(defaults[key]):
            raise DataError(f"设置文件 settings.toml 的“{key}”类型不对。", "请改正或删去这一项。")
    if values.get("store", "faiss") not in STORES:
        raise DataError("设置文件 settings.toml 的“store”不认识。", f"可以写：{'、'.join(STORES)}。")
    return replace(settings, **values)


def save_settings(settings: Settings) -> None:
    """Write everything that differs from the defaults to BIGAN_HOME/settings.toml, but never a secret."""
    plain = asdict(Settings(home=settings.home, milvus_token=settings.milvus_token))
    values = {key: value for key, value in asdict(settings).items() if value != plain[key]}
    write_atomically(settings.file, tomli_w.dumps(values).encode("utf-8"))
