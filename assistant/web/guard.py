"""What the server answers at all, and with which headers.

Gradio serves many routes this page never uses (a fetching proxy, monitoring, run history, API docs).
Here everything is refused but what the page needs, requests that another site started are refused,
and every answer carries a Content-Security-Policy, so that no text shown on the page can make the
browser fetch anything from elsewhere.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Routes the page uses; everything else is 404. Of the file route only local paths.
ALLOWED = re.compile(
    r"/|/config/?|/theme\.css|/favicon\.ico|/(?:assets|static|bigan)/.*"
    r"|/gradio_api/(?:theme\.css|queue/(?:join|data)/?|run/[^/]+/?|upload|upload_progress|heartbeat/[^/]+"
    r"|cancel|reset/?|startup-events|component_server/?|app_id/?|file=(?!(?i:https?:)|//).*)"
)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

# Gradio's HTML component and event scripts compile templates at run time, hence 'unsafe-eval'; its
# styles are written into elements. Inline scripts run only with the nonce of the answer.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'none'; object-src 'none'; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-eval' 'nonce-{nonce}'; worker-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'self'; frame-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_META = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*', re.DOTALL)
_ADDRESS = re.compile(r"""https?://([^/"'\\\s<>]*)[^"'\\\s<>]*""")
_MANIFEST = re.compile(r'<link rel="manifest"[^>]*>\s*')


class Guard:
    """ASGI middleware: refuse, pass on, add headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 or 403 where the request must not reach the page, else pass it on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page uses no websockets
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        nonce = secrets.token_urlsafe(16)
        if not ALLOWED.fullmatch(scope["path"]):
            await _refuse(send, 404, "没有这个地址。", nonce)
        elif scope["method"] not in SAFE_METHODS and _foreign(headers):
            await _refuse(send, 403, "拒绝了其他网站发来的请求。", nonce)
        elif scope["path"] == "/":
            await self._page(_without_encoding(scope), receive, send, nonce)
        else:
            await self.app(scope, receive, _with_headers(send, nonce))

    async def _page(self, scope: Scope, receive: Receive, send: Send, nonce: str) -> None:
        """Pass on the page itself with its inline scripts marked as ours and all outside addresses taken out."""
        start: list[Message] = []
        body = bytearray()
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            page = own_page(body.decode("utf-8"), nonce, host).encode("utf-8")
            kept = [item for item in start[0]["headers"] if item[0].lower() != b"content-length"]
            length = (b"content-length", str(len(page)).encode())
            await tell({**start[0], "headers": [*kept, length]})
            await tell({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else page})

        tell = _with_headers(send, nonce)
        await self.app(scope, receive, collect)


def own_page(html: str, nonce: str, host: str) -> str:
    """Return Gradio's page in Chinese, without addresses of other sites than `host`, its scripts carrying `nonce`.

    Our own script comes first: it must run before Gradio looks up the language.
    """
    html = _MANIFEST.sub("", _META.sub("", html)).replace('lang="en"', 'lang="zh-CN"', 1)
    html = _ADDRESS.sub(lambda match: match[0] if match[1] == host else "", html)
    ours = (
        '<link rel="icon" href="/bigan/icon.svg"><link rel="stylesheet" href="/bigan/style.css">'
        '<script src="/bigan/page.js"></script>'
    )
    html = html.replace("<head>", f"<head>{ours}", 1)
    return html.replace("<script", f'<script nonce="{nonce}"')


def _foreign(headers: dict[str, str]) -> bool:
    """Tell whether a browser sent the request on behalf of another site."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")


def _without_encoding(scope: Scope) -> Scope:
    kept = [item for item in scope["headers"] if item[0].lower() != b"accept-encoding"]
    return {**scope, "headers": kept}


def _with_headers(send: Send, nonce: str) -> Send:
    """Return a `send` that adds the headers and drops any permission for other sites."""
    ours = {**HEADERS, "content-security-policy": POLICY.format(nonce=nonce)}

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = _own_headers(message.get("headers", ()), ours)
            added = [(name.encode(), value.encode()) for name, value in ours.items()]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return tell


def _own_headers(headers: Iterable[tuple[bytes, bytes]], ours: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (name, value)
        for name, value in headers
        if not name.lower().startswith(b"access-control-") and name.lower().decode("latin-1") not in ours
    ]


async def _refuse(send: Send, status: int, sentence: str, nonce: str) -> None:
    tell = _with_headers(send, nonce)
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await tell({"type": "http.response.start", "status": status, "headers": headers})
    await tell({"type": "http.response.body", "body": sentence.encode("utf-8")})
