"""The web door: the ASGI application that Streamlit serves.

`streamlit run app.py` finds `app` here. Routes carry what a Streamlit script
can't: the streaming upload and the health answer. The script itself is
`pages/shell.py`.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROOT = Path(__file__).resolve().parent
# The rooms import each other from the repository's root, wherever the server was started.
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import pipeline  # noqa: E402  (after the path is set)

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # Streamlit evaluates its own scripts and styles inline; what matters here is that nothing
    # uploaded can make a browser ask a foreign host for anything.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' ws: wss: blob: data:; worker-src 'self' blob:; frame-ancestors 'self'"
    ),
}


class SecurityHeaders:
    """Add the security headers to every answer of the server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, with headers added to its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_with_headers)


async def receive_upload(request: Request) -> Response:
    """Take a file as a stream of bytes and write it to disk as it comes.

    The ticket in the header is the only key: no cookie opens this route, so
    another site's page can't use a visitor's session to send a file.
    """
    ticket = request.headers.get("x-stratum-ticket", "")
    name = unquote(request.headers.get("x-stratum-name", ""))[:500]
    announced = request.headers.get("content-length", "0")
    total = int(announced) if announced.isdigit() else 0
    desk = pipeline.current_house().desk
    try:
        upload = await desk.receive(ticket, name, total, request.stream())
    except ClientDisconnect:
        # Cancelled or cut short: the desk has cleared up, and nobody is there to be answered.
        return Response(status_code=400)
    if upload is None:
        return JSONResponse({"state": "refused", "reason": "upload.no_ticket"}, status_code=403)
    status = {"received": 200, "cancelled": 409}.get(upload.state, 413)
    return JSONResponse({"state": upload.state, "reason": upload.reason}, status_code=status)


async def health(_: Request) -> Response:
    """Say that the server is up and its warehouse open."""
    return JSONResponse({"status": "ready" if pipeline.house_is_open() else "starting"})


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Open the warehouse before the first page, close it after the last."""
    house = pipeline.current_house()
    yield None
    house.close()


app = st.App(
    ROOT / "pages" / "shell.py",
    routes=[
        Route("/api/upload", receive_upload, methods=["PUT"]),
        Route("/api/health", health, methods=["GET"]),
    ],
    middleware=[Middleware(SecurityHeaders)],
    lifespan=lifespan,
)
