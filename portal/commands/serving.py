"""`sixweeks serve`: the portal on this computer."""

from __future__ import annotations

import os
from pathlib import Path

from data.store import home

_ROOT = Path(__file__).parents[2]
_APP = Path("portal") / "asgi.py"


def serve(port: int | None) -> int:
    """Serve the portal until it is stopped.

    Args:
        port: where to listen; None = as `.streamlit/config.toml` says.
    """
    from streamlit.web import cli as streamlit

    # The settings are read from the folder the server is started in; what people store stays where the command was called.
    os.environ["SIXWEEKS_HOME"] = str(home())
    os.chdir(_ROOT)
    streamlit.main(["run", str(_APP), *([f"--server.port={port}"] if port else [])], prog_name="sixweeks", standalone_mode=False)
    return 0
