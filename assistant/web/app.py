"""The web application: our own FastAPI app with its guards, the page mounted inside, and the server."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Literal

from fastapi import FastAPI
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.middleware.trustedhost import TrustedHostMiddleware

from assistant.errors import AssistantError
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.web.common import keep
from assistant.web.desk import open_desk
from assistant.web.guard import Guard

FOLDER = Path(__file__).resolve().parent
OWN_FILES = {"page.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"}
LOOPBACK = ("127.0.0.1", "localhost")


class Canvas(BaseModel):
    """What a page that is being closed still has to store."""

    conversation: str
    text: str
    shown: str = ""


def create_app(assistant: Assistant, hosts: Sequence[str] = LOOPBACK) -> FastAPI:
    """Return the application for `assistant`, answering requests for `hosts` only.

    Index and model are prepared in the background from the start of the server.
    """
    temporary = assistant.settings.home / "temporary"  # uploads and exports, not needed after a restart
    shutil.rmtree(temporary, ignore_errors=True)
    os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", GRADIO_TEMP_DIR=str(temporary))
    from assistant.web.page import mount_page

    desk = open_desk(assistant)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        desk.preparation.start()
        yield
        assistant.close()

    app = FastAPI(title="笔杆", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    @app.get("/bigan/{name}")
    def own_file(name: Literal["page.js", "style.css", "icon.svg"]) -> FileResponse:
        return FileResponse(FOLDER / name, media_type=OWN_FILES[name], headers={"cache-control": "no-cache"})

    @app.post("/bigan/save")
    def save(canvas: Canvas) -> dict[str, bool]:
        return {"saved": keep(desk, canvas.conversation, canvas.text, canvas.shown)}

    mount_page(app, desk)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    app.add_middleware(Guard)  # outermost: its headers are on every answer
    return app


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = True) -> None:
    """Serve the page until interrupted.

    Raises AssistantError when the port is taken or the host is not this machine alone.
    """
    import uvicorn

    with closing(_listen(host, port)) as listening:
        app = create_app(Assistant(settings))
        address = f"http://{host}:{listening.getsockname()[1]}/"
        sys.stdout.write(f"笔杆已经打开：{address}\n停止请按 Ctrl+C。\n")
        sys.stdout.flush()
        if open_browser:  # the socket listens already: the browser waits until the server answers
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host`:`port`."""
    if host not in LOOPBACK:
        raise AssistantError(
            f"还不能在“{host}”上提供服务：没有账号管理，局域网里的人都能看到您的文稿。",
            "请去掉 --host，只在本机使用。",
        )
    if not 0 <= port <= 65535:
        raise AssistantError(f"端口{port}不存在。", "请用 --port 指定1到65535之间的端口。")
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if (
        os.name == "posix"
    ):  # lets a restart have the port at once; on Windows it would let two servers share it
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        taken = error.errno in (
            errno.EADDRINUSE,
            errno.EACCES,
            getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE),
        )
        reason = "已被别的程序占用" if taken else f"打不开：{error.strerror}"
        raise AssistantError(
            f"端口{port}{reason}。", f"请换一个端口，例如 bigan --port {port % 65535 + 1}。"
        ) from error
    return listening
