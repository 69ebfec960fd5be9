"""What the server itself promises: headers on every answer, its health, and pages only by way of the navigation."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from portal import services
from portal.asgi import HEADERS, on_script_error
from tests.served import get, portal

GROUPS = ["Now", "Data", "Plan", "Decide", "Help"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with portal(tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture
def fresh_server(tmp_path):
    """A server that nobody has asked anything yet."""
    with portal(tmp_path) as address:
        yield address


def messages(server, page):
    """What a fresh server sends for the first request of all, to the address of one page."""
    with connect(f"ws://{server}/_stcore/stream", subprotocols=["streamlit"], origin=f"http://{server}") as socket:
        ask = BackMsg()
        ask.rerun_script.page_name = page
        socket.send(ask.SerializeToString())
        received = []
        while not received or received[-1].WhichOneof("type") != "script_finished":
            message = ForwardMsg()
            message.ParseFromString(socket.recv(timeout=60))
            received.append(message)
        return received


def test_the_first_request_of_all_does_not_run_a_page_before_the_navigation(fresh_server):
    received = messages(fresh_server, "upload")
    kinds = [m.WhichOneof("type") for m in received]
    assert "navigation" in kinds
    texts = [(i, m.delta.new_element.markdown.body) for i, m in enumerate(received) if m.WhichOneof("type") == "delta"]
    headings = [(i, m.delta.new_element.heading.body) for i, m in enumerate(received) if m.WhichOneof("type") == "delta"]
    title = next(i for i, body in headings if body.startswith("No data are loaded"))
    menu = [i for group in GROUPS for i, body in texts if body == f"**{group}**"]
    assert len(menu) == len(GROUPS)
    assert kinds.index("navigation") < min(menu)
    assert max(menu) < title


def test_every_answer_carries_the_security_headers(server):
    for path in ("/", "/upload", "/healthz", "/_stcore/health", "/nothing-here.txt"):
        _, headers, _ = get(server, path)
        assert {name: headers.get(name) for name in HEADERS} == HEADERS


def test_a_request_for_another_host_is_refused(server):
    assert get(server, "/", Host="sixweeks.example")[0] == 400


def test_health_says_what_is_wrong_with_the_store(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("SIXWEEKS_DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'sixweeks.db'}")
    assert services.healthy().endswith(".")
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL")
    assert services.healthy() == ""


def test_a_fault_of_ours_is_one_sentence_with_a_number_under_which_the_log_tells_more(caplog):
    assert on_script_error(ZeroDivisionError("secret cell")) is True
    assert "secret cell" in caplog.text
    assert "reference" in caplog.text
