"""Rules that code keeps, whoever writes it."""

import ast

import pytest

PICKLERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
RUNNERS = {"eval", "exec", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "pd.read_pickle", "pandas.read_pickle"}
UNSAFE = {"unsafe_allow_html", "unsafe_allow_javascript", "allow_pickle"}

VERSIONED = {"dataset_id", "plan_id", "run_id", "version", "scope"}
CACHES = {"cache_data", "cache_resource"}

RAW_HTML_ALLOWED = {"portal/theme.py"}

PAGE_LINES = 80
MODULE_LINES = 300
LONGER = {
    "data/assumptions.py": (430, "the declarations of every assumption stand together, and their reader beside them"),
    "data/fields.py": (330, "one vocabulary: what a cell may hold and how it is read"),
    "data/network.py": (400, "the declarations of every network table stand together"),
}
"""Modules allowed more lines, each with its own limit and the reason."""


def cache_faults(source: str) -> list[str]:
    """Caches whose answer could outlive its data: no id of what is cached among the parameters.

    Streamlit's caches are shared by all users, hash large frames from a sample and leave out parameters that begin with an underscore.
    """
    tree = ast.parse(source)
    faults, decorators = [], set()
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)):
        marks = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
        caching = [mark for mark in marks if _name(mark) in CACHES]
        decorators.update(map(id, caching))
        parameters = {a.arg for a in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]}
        if caching and not parameters & VERSIONED:
            faults.append(f"line {function.lineno}: {function.name} is cached without one of {', '.join(sorted(VERSIONED))}")
    uses = [n for n in ast.walk(tree) if _name(n) in CACHES and isinstance(n, ast.Name | ast.Attribute)]
    called = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "clear"}
    faults += [f"line {n.lineno}: {_name(n)} used other than as a decorator" for n in uses if id(n) not in decorators | called]
    return faults


def risky_calls(source: str, *, raw_html: bool = False) -> list[str]:
    """Calls that run what they are given, or put unescaped text on a page."""
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name.split(".")[0] for alias in node.names} | {(getattr(node, "module", None) or "").split(".")[0]}
            faults += [f"line {node.lineno}: {name}" for name in sorted(names & PICKLERS)]
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in RUNNERS:
                faults.append(f"line {node.lineno}: {name}")
            unsafe = {k.arg for k in node.keywords if k.arg} & UNSAFE - ({"unsafe_allow_html"} if raw_html else set())
            faults += [f"line {node.lineno}: {argument}" for argument in sorted(unsafe)]
    return faults


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def lines_of(path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_every_cache_is_keyed_on_what_it_holds(repository, modules):
    found = [f"{m}: {fault}" for m in modules for fault in cache_faults((repository / m).read_text("utf-8"))]
    assert found == []


def test_nothing_runs_or_shows_what_it_is_given(repository, modules):
    found = []
    for module in modules:
        faults = risky_calls((repository / module).read_text("utf-8"), raw_html=module.as_posix() in RAW_HTML_ALLOWED)
        found += [f"{module}: {fault}" for fault in faults]
    assert found == []


def test_pages_are_thin(repository, modules):
    pages = {m.as_posix(): lines_of(repository / m) for m in modules if m.as_posix().startswith("portal/pages/")}
    assert {page: lines for page, lines in pages.items() if lines > PAGE_LINES} == {}


def test_modules_are_short(repository, modules):
    limits = {m.as_posix(): LONGER.get(m.as_posix(), (MODULE_LINES, ""))[0] for m in modules}
    over = {m: lines_of(repository / m) for m, limit in limits.items() if lines_of(repository / m) > limit}
    assert over == {}


def test_every_exception_to_the_length_rule_is_still_needed(repository):
    assert [name for name in LONGER if lines_of(repository / name) <= MODULE_LINES] == []


def test_every_module_says_what_it_is_for(repository, modules):
    silent = [m.as_posix() for m in modules if not ast.get_docstring(ast.parse((repository / m).read_text("utf-8")))]
    assert silent == []


@pytest.mark.parametrize(
    "source",
    [
        "@st.cache_data\ndef table(name): ...\n",
        "@st.cache_data(ttl=60)\ndef table(_user): ...\n",
        "@cache_resource\ndef engine(): ...\n",
        "table = st.cache_data(load)\n",
    ],
)
def test_a_cache_without_a_version_is_found(source):
    assert cache_faults(source)


@pytest.mark.parametrize(
    "source",
    [
        "@st.cache_data\ndef table(dataset_id, _frame): ...\n",
        "@st.cache_resource(max_entries=2)\ndef plan(*, plan_id): ...\n",
        "st.cache_data.clear()\n",
    ],
)
def test_a_cache_with_a_version_is_allowed(source):
    assert cache_faults(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle\n",
        "from joblib import dump\n",
        "eval(text)\n",
        "yaml.load(text)\n",
        "st.markdown(text, unsafe_allow_html=True)\n",
        "np.load(path, allow_pickle=True)\n",
    ],
)
def test_a_risky_call_is_found(source):
    assert risky_calls(source)


def test_raw_html_is_allowed_where_the_theme_writes_its_style():
    assert risky_calls("st.markdown(STYLE, unsafe_allow_html=True)\n", raw_html=True) == []
