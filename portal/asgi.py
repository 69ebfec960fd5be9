"""The server: the portal with security headers, a health route, the engine that computes plans, and one handler of errors.

Run by `sixweeks serve`, which is `streamlit run portal/asgi.py`.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import SixweeksError
from data.store import SINGLE_USER
from portal import administration, drafts, engine, services
from portal.parts import layout

_log = logging.getLogger("sixweeks.portal")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-ancestors 'none'; "
        "base-uri 'self'; form-action 'self'; object-src 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Sent with every answer. The first also keeps the browser from fetching anything from elsewhere."""

_HOSTS = st.get_option("server.allowedHosts") or ["*"]
"""Streamlit holds its sockets to this setting; here every request is."""

FIRST_VISIT_SECONDS = 20
"""After start nothing is worked out ahead for so long: whoever opens the first page has the processor."""

COLLECT_SECONDS = 600.0
_EARLY = (
    "portal.warming", "portal.files", "portal.parts.admin_views", "portal.parts.change_form", "portal.parts.comparison_view",
    "portal.parts.history_view", "portal.parts.imaging_filters", "portal.parts.imaging_measured", "portal.parts.imaging_views",
    "portal.parts.override_form", "portal.parts.plan_views", "portal.parts.upload_form", "portal.parts.demand_views", "portal.parts.capacity_form",
    "portal.parts.capacity_views", "portal.parts.performance_views", "duckdb",
)  # fmt: skip
"""What pages import, loaded while the first browser is still loading its scripts."""


class SecurityHeaders:
    """Adds `HEADERS` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


async def health(_: Request) -> JSONResponse:
    """Whether the server and its store answer."""
    wrong = await asyncio.to_thread(services.healthy)
    return JSONResponse({"status": wrong or "ok"}, status_code=503 if wrong else 200)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """Watch over runs while the server lives, and keep what never changes out of the collector's way."""
    started = False
    try:
        engine.start(services.store())
        started = True
    except SixweeksError as error:
        _log.error("%s", error)  # pages say so too
    threading.Thread(target=_get_ready, name="gets ready", daemon=True).start()
    tidying = asyncio.create_task(_collect_now_and_then())
    yield {}
    tidying.cancel()
    if started:
        engine.stop(services.store())


def _get_ready() -> None:
    """Load what pages import and draw the first of them once, so that the first visitor need not wait."""
    warming = importlib.import_module(_EARLY[0])
    drafts.sweep()
    try:
        warming.draw_first_page(SINGLE_USER)
    except SixweeksError as error:
        _log.info("the first page could not be drawn in advance: %s", error)
    for module in _EARLY:
        importlib.import_module(module)
    gc.freeze()
    _try(administration.purge_at_start, "nothing was purged")
    time.sleep(FIRST_VISIT_SECONDS)
    _try(partial(warming.work_ahead, SINGLE_USER), "nothing was worked out ahead")


def _try(step: Callable[[], object], otherwise: str) -> None:
    """A step at start without which the portal works too."""
    try:
        step()
    except SixweeksError as error:
        _log.info("%s at start: %s", otherwise, error)


async def _collect_now_and_then() -> None:
    while True:
        await asyncio.sleep(COLLECT_SECONDS)
        await asyncio.to_thread(gc.collect)


def on_script_error(error: Exception) -> bool:
    """Show one sentence in place of a traceback; a fault of ours goes to the log under a reference number."""
    layout.show_error(error)
    return True


app = st.App(
    Path(__file__).with_name("main") / "app.py",
    middleware=[Middleware(SecurityHeaders), Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS, www_redirect=False)],
    routes=[Route("/healthz", health)],
    lifespan=lifespan,
    on_script_error=on_script_error,
)
