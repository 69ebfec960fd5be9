"""What a session looks at: ids in the address, nothing else that matters."""

import pytest
from streamlit.testing.v1 import AppTest

ONE_RUN = """
from portal.workspace import current, open_workspace
import streamlit as st

ws = open_workspace()
for name, value in st.session_state.get("to_choose", {}).items():
    ws.choose(**{name: value})
st.json(ws.address())
"""


def opened(**address):
    app = AppTest.from_string(ONE_RUN)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def bar(app):
    return {name: value[0] if isinstance(value, list) else value for name, value in dict(app.query_params).items()}


def choose(app, **ids):
    app.session_state["to_choose"] = ids
    app.run()
    del app.session_state["to_choose"]
    return app


def test_what_the_address_names_is_looked_at_and_stays_there():
    assert bar(opened(dataset="d1", run="r1")) == {"dataset": "d1", "run": "r1"}


def test_what_is_chosen_goes_into_the_address():
    app = choose(opened(dataset="d1"), run="r2")
    assert bar(app) == {"dataset": "d1", "run": "r2"}


def test_an_address_without_ids_shows_what_the_session_looked_at_before():
    app = opened(dataset="d1", run="r1")
    for name in ("dataset", "run"):
        del app.query_params[name]
    assert bar(app.run()) == {"dataset": "d1", "run": "r1"}


def test_an_address_with_ids_is_the_whole_truth():
    app = opened(dataset="d1", run="r1")
    del app.query_params["run"]
    app.query_params["dataset"] = "d2"
    assert bar(app.run()) == {"dataset": "d2"}


def test_another_dataset_leaves_what_belongs_to_the_old_one_behind():
    app = choose(opened(dataset="d1", scenario="s1", run="r1", other="r2"), dataset="d2")
    assert bar(app) == {"dataset": "d2"}
    app = choose(opened(dataset="d1", run="r1"), dataset="d1")
    assert bar(app) == {"dataset": "d1", "run": "r1"}


def test_an_empty_id_leaves_the_address():
    assert bar(choose(opened(dataset="d1", run="r1"), run="")) == {"dataset": "d1"}


def test_a_link_keeps_what_is_looked_at_and_may_replace_some_of_it():
    def script():
        import streamlit as st

        from portal.workspace import Workspace

        ws = Workspace(scope=None, dataset="d1", run="r1")
        st.json(ws.address(run="r2", scenario=""))

    assert AppTest.from_function(script).run().json[0].value == '{"dataset": "d1", "run": "r2"}'


@pytest.mark.parametrize(
    ("has", "needs", "allowed"), [("viewer", "viewer", True), ("viewer", "planner", False), ("admin", "planner", True), ("worker", "viewer", False)]
)
def test_a_lesser_role_is_refused(has, needs, allowed):
    from data.errors import NotAllowed
    from data.store import Scope
    from portal.workspace import Workspace

    workspace = Workspace(Scope("Ann", "AAA", has))
    if allowed:
        workspace.require(needs)
    else:
        with pytest.raises(NotAllowed, match=f"needs the role {needs}"):
            workspace.require(needs)


def test_a_page_that_the_navigation_did_not_open_is_refused():
    app = AppTest.from_string("from portal.workspace import current\ncurrent()").run()
    assert len(app.exception) == 1


def test_a_draft_is_kept_until_it_is_dropped_and_its_widgets_then_start_anew():
    def script():
        import streamlit as st

        from portal.workspace import open_workspace

        ws = open_workspace()
        before = (ws.draft("upload"), ws.turn("upload"))
        ws.keep_draft("upload", "files")
        kept = ws.draft("upload")
        ws.drop_draft("upload")
        st.json([before, kept, ws.draft("upload"), ws.turn("upload")])

    assert AppTest.from_function(script).run().json[0].value == '[[null, 0], "files", null, 1]'


def test_a_sentence_is_said_once():
    def script():
        import streamlit as st

        from portal.workspace import open_workspace

        ws = open_workspace()
        if not st.session_state.get("again"):
            ws.say_once("Stored.")
        st.session_state["again"] = True
        st.text(ws.said())

    app = AppTest.from_function(script).run()
    assert app.text[0].value == "Stored."
    assert app.run().text[0].value == ""
