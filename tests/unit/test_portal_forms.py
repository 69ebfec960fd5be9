"""A declared field becomes the widget that suits it, with its own title, unit, bounds, choices and help."""

from streamlit.testing.v1 import AppTest

from data.assumptions import ASSUMPTIONS, BY_NAME, DECLARED
from data.network import ASSETS, MOBILES, SESSION_TYPES, SITES

HEAD = """
import streamlit as st
from data.network import ASSETS, MOBILES, SESSION_TYPES, SITES
from data.assumptions import ASSUMPTIONS, BY_NAME
from portal import forms
from tests.networks.small import small_parts
network = small_parts().network
"""


def asked(code):
    app = AppTest.from_string(HEAD + code).run()
    assert not app.exception, app.exception
    return app


def test_a_share_has_its_bounds_and_a_fine_step():
    field = asked('forms.ask(BY_NAME["dna_rate"].field(), key="k")').number_input[0]
    declared = BY_NAME["dna_rate"]
    assert (field.label, field.min, field.max, field.value, field.step) == (f"{declared.title} ({declared.unit})", 0, 0.9, 0.05, 0.01)
    assert declared.help in field.help
    assert "0 to 0.9" in field.help


def test_a_whole_number_moves_by_one():
    field = asked('forms.ask(SESSION_TYPES.field("monday"), key="k", value=2)').number_input[0]
    assert (field.value, field.step, field.min, field.max) == (2, 1, 0, 6)


def test_a_choice_offers_what_is_declared():
    assert asked('forms.ask(SITES.field("confidence"), key="k", value="medium")').selectbox[0].value == "medium"


def test_a_reference_offers_the_titles_of_the_network_and_everywhere():
    field = asked('forms.ask(ASSUMPTIONS.field("organisation"), key="k", network=network)').selectbox[0]
    assert field.options == ["everywhere", "Alpha", "Beta"]
    assert field.value == ""


def test_a_flag_a_date_and_a_text_have_their_widgets():
    app = asked(
        'forms.ask(MOBILES.field("staffed"), key="a")\nforms.ask(ASSETS.field("installed"), key="b")\nforms.ask(SITES.field("postcode"), key="c")'
    )
    assert (app.toggle[0].label, app.date_input[0].label, app.text_input[0].label) == ("Staffed", "Installed", "Postcode")
    assert app.date_input[0].value is None
    assert {f.name for table in (MOBILES, ASSETS, SITES, SESSION_TYPES, ASSUMPTIONS) for f in table.fields} >= {"staffed", "installed", "postcode"}


def test_every_declared_assumption_can_be_asked_for_within_its_bounds():
    app = asked("""
for name, declared in BY_NAME.items():
    with st.container(key=name):
        forms.ask_place(name, network, key=f"{name}_place")
        change = forms.ask_change(name, {}, declared.default, key=name)
        st.json([change.name, change.value, change.reason])
""")
    fields = {n.key.removesuffix("_value"): n for n in app.number_input}
    assert {name: (n.min, n.max, n.value) for name, n in fields.items()} == {a.name: (a.minimum, a.maximum, a.default) for a in DECLARED}
    places = {tuple(s.key.rsplit("_place_")) for s in app.selectbox if "_place_" in s.key}
    assert places == {(a.name, scope) for a in DECLARED for scope in a.varies_by}
    assert {d.key.removesuffix("_from") for d in app.date_input if d.key.endswith("_from")} == {a.name for a in DECLARED if a.by_week}
