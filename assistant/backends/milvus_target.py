"""Where Milvus is, as the settings say: checked before anything connects."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import DataError
from assistant.settings import MILVUS_TOKEN, Settings


@dataclass(frozen=True, slots=True)
class Target:
    """Where the vectors lie. `uri` is an absolute path for Milvus Lite, else an http(s) address without secrets."""

    uri: str
    near: bool  # on this machine
    ca: str = ""
    token: str = field(default="", repr=False)

    @property
    def lite(self) -> bool:
        return "://" not in self.uri


def milvus_target(settings: Settings) -> Target:
    """Return where `settings` say the vectors shall lie; connects to nothing.

    Raises DataError: no address, one that is not understood, or one on another machine without TLS or token.
    """
    uri = settings.milvus_uri.strip()
    if not uri:
        raise DataError(
            "设置里选了 Milvus，却没有写它的地址。",
            '请在 settings.toml 里写上 milvus_uri，例如 milvus_uri = "https://milvus.example.cn:19530"。',
        )
    if "://" not in uri:
        return _lite(settings.home, uri)
    host = _host(uri)
    near = _is_loopback(host)
    if not near and not uri.lower().startswith("https://"):
        raise DataError(
            f"Milvus 地址“{uri}”不在本机，又没有加密。",
            "请给 Milvus 服务启用 TLS，把 milvus_uri 改成 https:// 开头的地址。",
        )
    if not near and not settings.milvus_token:
        raise DataError(
            f"Milvus 地址“{uri}”不在本机，却没有给出令牌。",
            f"请给 Milvus 服务启用身份验证，把“用户名:密码”或令牌放进环境变量 {MILVUS_TOKEN}。",
        )
    if settings.milvus_ca and not Path(settings.milvus_ca).is_file():
        raise DataError(
            f"找不到证书文件“{settings.milvus_ca}”。", "请改正 settings.toml 里的 milvus_ca，或删去这一项。"
        )
    return Target(uri, near, settings.milvus_ca, settings.milvus_token)


def _lite(home: Path, text: str) -> Target:
    path = home / Path(text).expanduser()
    if path.suffix != ".db":
        raise DataError(
            f"Milvus 的本地文件“{text}”不以 .db 结尾。",
            "请把 milvus_uri 改成以 .db 结尾的路径，或写成 https:// 开头的服务地址。",
        )
    return Target(str(path), near=True)


def _host(uri: str) -> str:
    """Return the host of an http(s) address that holds nothing but host, port and database."""
    try:
        parts = urlsplit(uri)
        understood = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        raise DataError("milvus_uri 不是能用的地址。", "请写成“https://主机名:19530”的样子。") from None
    if parts.username is not None or parts.password is not None:
        raise DataError("milvus_uri 里写了用户名或密码。", f"请从地址里删去，改放进环境变量 {MILVUS_TOKEN}。")
    host = parts.hostname or ""
    # pymilvus takes what ends in .db for a file, and an IPv6 address for another one.
    plain = re.fullmatch(r"/?|/\w+/?", parts.path) and not parts.query and not parts.fragment
    if not understood or not host or ":" in host or not plain:
        raise DataError(
            f"milvus_uri“{uri}”不是能用的地址。",
            "请写成“https://主机名:19530”的样子，需要时在后面加“/数据库名”。",
        )
    return host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
