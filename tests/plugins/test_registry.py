"""Which components there are, and what is said of plugins that are not right."""

import subprocess
import sys
from types import ModuleType, SimpleNamespace, UnionType

import pytest

from benchsuite.api import Command, Component, hookimpl
from benchsuite.errors import UserError
from benchsuite.plugins import registry as plugin_registry
from benchsuite.plugins.registry import Provider, Registry, installed

ACME = Provider("acme-tools", "1.2")


def component(name, kind="metric", target="nowhere:Nothing"):
    return Component(kind, name, "A summary.", target)


def plugin(*components, commands=(), **hooks):
    """A plugin module with these components, commands and other hooks."""
    made = ModuleType("made_up")
    vars(made).update(hooks)

    @hookimpl
    def benchsuite_components():
        return list(components)

    @hookimpl
    def benchsuite_commands():
        return list(commands)

    made.benchsuite_components = benchsuite_components
    made.benchsuite_commands = benchsuite_commands
    return made


@pytest.fixture
def registry():
    registry = Registry()
    registry.add(
        "acme",
        plugin(
            component("acme/novelty"), component("acme/length"), component("acme/length", "grader")
        ),
        ACME,
    )
    registry.add(
        "other", plugin(component("other/novelty"), component("other/words")), Provider(None, None)
    )
    return registry


# -- finding --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("metric", "acme/novelty", "acme/novelty"),
        ("metric", "other/novelty", "other/novelty"),
        ("metric", "words", "other/words"),
        ("metric", "length", "acme/length"),
        ("grader", "length", "acme/length"),
    ],
)
def test_a_component_is_found_by_its_name(registry, kind, name, found):
    registered = registry.find(kind, name)
    assert (registered.component.kind, registered.component.name) == (kind, found)
    assert registered.provider == (ACME if found.startswith("acme/") else Provider(None, None))


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        (
            "metric",
            "novelty",
            "the metric novelty could be acme/novelty and other/novelty: write it in full.",
        ),
        ("metric", "lenght", "there is no metric lenght, did you mean acme/length?"),
        ("metric", "acme/novelt", "there is no metric acme/novelt, did you mean acme/novelty?"),
        (
            "metric",
            "zzz",
            "there is no metric zzz; there is acme/length, acme/novelty, other/novelty, other/wor",
        ),
        ("grader", "words", "there is no grader words; there is acme/length."),
        ("corpus", "words", "there is no corpus words."),
        ("metric", "", "there is no metric ; there is"),
    ],
)
def test_a_name_that_is_unknown_or_unclear(registry, kind, name, said):
    with pytest.raises(UserError) as refusal:
        registry.find(kind, name)
    assert str(refusal.value).startswith(said)


def test_components_are_listed_by_kind_and_name(registry):
    listed = [(r.component.kind, r.component.name) for r in registry.components()]
    assert listed == [
        ("grader", "acme/length"),
        ("metric", "acme/length"),
        ("metric", "acme/novelty"),
        ("metric", "other/novelty"),
        ("metric", "other/words"),
    ]
    assert [r.component.name for r in registry.components("grader")] == ["acme/length"]


def test_commands_are_listed_by_name():
    registry = Registry()
    board = Command("board", "Show a board.", "acme.board:command")
    registry.add("acme", plugin(commands=[board]), ACME)
    assert registry.commands() == {"board": board}


# -- refusing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("components", "said"),
    [
        ([component("novelty")], "names must begin with acme/"),
        ([component("other/x")], "names must begin with acme/"),
        ([component("acmes/x")], "names must begin with acme/"),
        ([component("acme/x", kind="metrc")], "as a metrc, did you mean metric?"),
        ([component("acme/x", kind="zzz")], "as a zzz; there is corpus, "),
        (["acme/x"], "registers a str, not a Component"),
        ([{"name": "acme/x"}], "registers a dict, not a Component"),
        ([component("acme/x"), component("acme/x")], "the metric acme/x, which is there already"),
    ],
)
def test_a_malformed_component_is_refused(components, said):
    with pytest.raises(UserError) as refusal:
        Registry().add("acme", plugin(*components), ACME)
    assert said in str(refusal.value)


def test_a_name_is_given_once(registry):
    with pytest.raises(ValueError, match="acme"):
        registry.add("acme", plugin(component("acme/x")), ACME)
    board = Command("board", "Show a board.", "acme.board:command")
    registry.add("third", plugin(commands=[board]), ACME)
    with pytest.raises(UserError, match="registers the command board, which is there already"):
        registry.add("fourth", plugin(component("fourth/x"), commands=[board]), ACME)
    assert {r.component.name.partition("/")[0] for r in registry.components()} == {"acme", "other"}


def test_a_hook_that_does_not_exist_is_refused():
    @hookimpl
    def benchsuite_component():
        return []

    with pytest.raises(Exception, match="benchsuite_component"):
        Registry().add("acme", plugin(benchsuite_component=benchsuite_component), ACME)


def test_a_hook_with_an_argument_that_does_not_exist_is_refused():
    @hookimpl
    def benchsuite_run_started(evnt):
        pass

    with pytest.raises(Exception, match="evnt"):
        Registry().add("acme", plugin(benchsuite_run_started=benchsuite_run_started), ACME)


def test_events_reach_every_plugin(registry):
    seen = []

    @hookimpl
    def benchsuite_generation_finished(event):
        seen.append(event)

    @hookimpl(specname="benchsuite_generation_finished")
    def failing(event):
        raise OSError("the tracker is down")

    for name, hook in [("one", benchsuite_generation_finished), ("two", failing)]:
        registry.add(name, plugin(benchsuite_generation_finished=hook), ACME)
    three = plugin(benchsuite_generation_finished=benchsuite_generation_finished)
    registry.add("three", three, ACME)
    problems = registry.tell("generation_finished", "this")
    assert seen == ["this", "this"]
    assert problems == ["the plugin two failed on generation_finished: the tracker is down"]


# -- what is installed ----------------------------------------------------------------------


class Entry:
    """An entry point that gives a plugin, or fails as a module can."""

    def __init__(self, name, gives):
        self.name, self.gives = name, gives

    def load(self):
        if isinstance(self.gives, BaseException):
            raise self.gives
        return self.gives


def installed_with(monkeypatch, **gives):
    distribution = SimpleNamespace(name="acme-tools", version="1.2")
    entries = [(distribution, Entry(name, given)) for name, given in gives.items()]
    monkeypatch.setattr(plugin_registry, "_entry_points", lambda: iter(entries))
    return installed.__wrapped__()


@hookimpl
def benchsuite_misspelt():
    return []


@hookimpl
def benchsuite_run_started(evnt):
    pass


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (ImportError("No module named 'acme_dependency'"), "acme_dependency"),
        (ZeroDivisionError("division by zero"), "division by zero"),
        (plugin(component("wrong/x")), "must begin with broken/"),
        (plugin(component("broken/x"), "no component"), "not a Component"),
        (
            plugin(component("broken/x"), benchsuite_misspelt=benchsuite_misspelt),
            "benchsuite_misspelt",
        ),
        (plugin(component("broken/x"), benchsuite_run_started=benchsuite_run_started), "evnt"),
    ],
    ids=["import", "any exception", "namespace", "second component", "unknown hook", "argument"],
)
def test_a_broken_plugin_is_said_and_the_others_work(monkeypatch, broken, said):
    registry = installed_with(
        monkeypatch,
        before=plugin(component("before/x")),
        broken=broken,
        later=plugin(component("later/x")),
    )
    (problem,) = registry.problems
    assert problem.startswith("the plugin broken of acme-tools 1.2 is left out")
    assert said in problem
    assert registry.find("metric", "before/x")
    assert registry.find("metric", "later/x")
    assert [r.component.name for r in registry.components()] == ["before/x", "later/x"]
    assert {name for name, _ in registry.hooks.list_name_plugin()} == {"before", "later"}


def test_a_plugin_that_fails_when_asked_is_left_out(monkeypatch):
    @hookimpl
    def benchsuite_components():
        raise OSError("no such file")

    broken = plugin()
    broken.benchsuite_components = benchsuite_components
    registry = installed_with(monkeypatch, broken=broken, good=plugin(component("good/x")))
    assert len(registry.problems) == 1
    assert "no such file" in registry.problems[0]
    assert registry.find("metric", "good/x")


def test_what_benchsuite_brings_along_is_installed():
    registry = installed()
    assert registry.problems == []
    kinds = {r.component.kind for r in registry.components()}
    assert kinds == {"corpus", "learner", "generator", "grader", "metric"}
    assert {"run", "list", "show", "plan"} <= set(registry.commands())


@pytest.mark.parametrize(
    "statement",
    [
        "import benchsuite.api",
        "import benchsuite_corpora, benchsuite_learners, benchsuite_generators",
        "import benchsuite_graders, benchsuite_metrics",
        "from benchsuite.plugins.registry import installed; r = installed(); assert r.components()",
    ],
)
def test_listing_plugins_imports_nothing_heavy(statement):
    heavy = "{'torch', 'transformers', 'datasets', 'lm_eval', 'pyarrow', 'pandas', 'tokenizers'}"
    script = f"import sys; {statement}; found = {heavy} & set(sys.modules); assert not found, found"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_api_gives_every_name_it_lists_and_no_other():
    from benchsuite import api

    for name in api.__all__:
        found = getattr(api, name)
        nameless = name.isupper() or isinstance(found, UnionType)  # a constant, an alias
        if name != "hookimpl" and not nameless:
            assert found.__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Metrik'"):
        api.Metrik  # noqa: B018
