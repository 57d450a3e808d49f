"""The documentation says what is so: signatures, names, links, documents, commands, columns."""

import ast
import contextlib
import inspect
import re
import runpy
import shlex
from pathlib import Path

import click
import pytest
import yaml

import benchsuite.api
from benchsuite import hookspecs
from benchsuite.cli import cli
from benchsuite.cli.options import changes
from benchsuite.plugins.kinds import ComponentBase, Metric
from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import installed
from benchsuite.records.record import Record
from benchsuite.records.tables import MEASUREMENT_SCHEMA, SAMPLE_SCHEMA
from benchsuite.suites.claims import Claim, Contrast
from benchsuite.suites.collection import Collection, resolve_all
from benchsuite.suites.documents import parse, validate
from benchsuite.suites.grading import Grading
from benchsuite.suites.mixture import Share
from benchsuite.suites.regime import Regime
from benchsuite.suites.resolve import Changes, resolve
from benchsuite.suites.shipped import shipped
from benchsuite.suites.suite import HeldOut, Samples, Suite

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
BOARDS = sorted((ROOT / "leaderboards").glob("*/README.md"))
PAGES = [
    *DOCS,
    *BOARDS,
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
]
PLUGIN = ROOT / "tests" / "third_party_plugin"
OWN = "benchsuite"  # the distribution whose components the docs must know
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KINDS = "corpora|learners|generators|graders|metrics|theory|endpoints"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def blocks(language: str, pages: list[Path]) -> list[str]:
    """Contents of all code blocks in a language."""
    found = [FENCE.findall(page.read_text(encoding="utf-8")) for page in pages]
    return [content for page in found for name, content in page if name == language]


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)


def anchor(heading: str) -> str:
    """The fragment under which GitHub shows a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def tables(page: str) -> list[list[list[str]]]:
    """Tables of a page as rows of cells, the header first."""
    found = re.findall(r"(?:^\|.*\|\n)+", page, re.MULTILINE)
    split = [[re.split(r"(?<!\\)\|", line)[1:-1] for line in t.splitlines()] for t in found]
    return [[[cell.strip() for cell in row] for row in (t[0], *t[2:])] for t in split]


def own_components() -> dict[str, type[ComponentBase]]:
    registered = [r for r in installed().components() if r.provider.distribution == OWN]
    return {r.component.name: load(r) for r in registered}


# -- plugins.md ---------------------------------------------------------------------------------


def test_every_hook_has_a_heading_with_its_signature():
    hooks = {
        name: f"`{name}{str(inspect.signature(hook)).replace(chr(39), '')}`"
        for name, hook in vars(hookspecs).items()
        if hasattr(hook, "benchsuite_spec")
    }
    documented = [h for h in headings(ROOT / "docs" / "plugins.md") if h.startswith("`benchsuite_")]
    assert len(hooks) == 6
    assert sorted(documented) == sorted(hooks.values())


def test_the_example_plugin_is_the_one_that_is_tested():
    files = sorted(p for p in PLUGIN.rglob("*") if p.suffix in {".py", ".toml"})
    assert len(files) == 3
    for path in files:
        name, content = path.relative_to(PLUGIN).as_posix(), path.read_text(encoding="utf-8")
        language = {".py": "python", ".toml": "toml"}[path.suffix]
        assert f"`{name}`:\n\n```{language}\n{content}```\n" in text("docs/plugins.md"), name


@pytest.mark.parametrize("number", range(len(blocks("python", [ROOT / "docs" / "plugins.md"]))))
def test_example_code_defines_whole_components(number, tmp_path):
    code = blocks("python", [ROOT / "docs" / "plugins.md"])[number]
    path = tmp_path / "example.py"
    path.write_text(code)
    defined = runpy.run_path(str(path)).values()
    for thing in defined:
        if isinstance(thing, type) and issubclass(thing, ComponentBase):
            assert not inspect.isabstract(thing) or thing.__module__.startswith("benchsuite.")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("benchsuite"):
            assert node.module == "benchsuite.api"
            assert {alias.name for alias in node.names} <= set(benchsuite.api.__all__)


# -- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_names_that_a_page_mentions_exist(page):
    known = {r.component.name for r in installed().components()}
    assert set(re.findall(rf"`((?:{KINDS})/[\w-]+)`", prose(page))) <= known
    for kind in ("regime", "suite"):
        mentioned = re.findall(rf"\b{kind} `([a-z0-9-]+)`", prose(page))
        assert set(mentioned) <= set(shipped(kind))


def test_everything_shipped_is_mentioned():
    everything = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in (*own_components(), *shipped("regime"), *shipped("suite"), *shipped("collection")):
        assert f"`{name}`" in everything, name


def test_the_table_of_metrics_is_right():
    header, *rows = tables(text("docs/metrics.md"))[0]
    same, *others = tables(text("docs/theory.md"))[-1]
    assert same == header
    rows += others
    assert header[:6] == ["metric", "axis", "unit", "best", "slices", "needs"]
    documented = {row[0].strip("`"): row for row in rows}
    metrics = {n: kind for n, kind in own_components().items() if issubclass(kind, Metric)}
    assert documented.keys() == metrics.keys()
    for name, kind in metrics.items():
        _, axis, unit, best, slices, needs, _ = documented[name]
        assert (axis, unit, best) == (kind.axis, kind.unit, kind.best), name
        assert set(needs.split(", ")) == kind.needs, name
        marked = {s.removesuffix("\\*") for s in slices.split(", ") if s.endswith("\\*")}
        assert marked == kind.context_slices, name
        definition = " ".join(kind.__doc__.split())
        for slice_ in set(re.sub(r"\\\*", "", slices).split(", ")) - kind.context_slices - {"all"}:
            assert f"`{slice_}`" in definition, (name, slice_)


def test_the_tree_of_files_is_right():
    tree = next(b for b in blocks("text", [ROOT / "docs" / "architecture.md"]) if "api.py" in b)
    above: list[str] = []
    for line in tree.splitlines():
        indent, name = re.match(r"( *)(\S+)", line).groups()
        if len(indent) > 2 * len(above):  # the second line of an explanation
            continue
        above = [*above[: len(indent) // 2], name]
        path = ROOT.joinpath(*above)
        assert path.is_dir() if name.endswith("/") else path.is_file(), path
    listed = re.findall(r"^  (\w+)/", tree, re.MULTILINE)
    packages = [p.parent.name for p in (ROOT / "benchsuite").glob("*/__init__.py")]
    assert set(packages) <= set(listed)


# -- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_relative_links_resolve(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), target
        if fragment:
            assert fragment in map(anchor, headings(linked)), target


# -- documents and commands -----------------------------------------------------------------------


@pytest.fixture
def documents(tmp_path, monkeypatch):
    """The suites and regimes of the docs as files in the working directory; their names.

    A run and the boards are there, too.
    """
    names = {}
    for content in blocks("yaml", PAGES):
        data = yaml.safe_load(content)
        if kind := next((k for k in ("collection", "suite", "regime") if k in data), None):
            name = f"{data[kind]}.yaml"
            assert name not in names, f"two documents are called {name}"
            (tmp_path / name).write_text(content, encoding="utf-8")
            names[name] = kind
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    (tmp_path / "leaderboards").symlink_to(ROOT / "leaderboards")
    monkeypatch.chdir(tmp_path)
    return names


def test_documents_are_valid(documents):
    assert set(documents.values()) == {"collection", "suite", "regime"}
    for name, kind in documents.items():
        document = parse(Path(name).read_text(encoding="utf-8"), name)
        validate({"suite": Suite, "regime": Regime, "collection": Collection}[kind], document)
        if kind != "regime":
            resolve_all(name, installed(), Changes())
        else:
            resolve("quickstart", installed(), Changes(regimes=[name]))


def command_lines() -> list[list[str]]:
    """Arguments of every `benchsuite` command in the shell blocks of all pages."""
    found = []
    for line in "".join(blocks("sh", PAGES)).replace("\\\n", "").splitlines():
        words = shlex.split(line, comments=True)
        for command in " ".join(map(shlex.quote, words)).split(" '&&' "):
            words = shlex.split(command)
            while words and re.match(r"[A-Z_]+=", words[0]):
                del words[0]
            if words and Path(words[0]).name == "benchsuite":
                found.append(words[1:])
    return found


@pytest.mark.parametrize("arguments", command_lines(), ids=shlex.join)
def test_command_lines_are_right(arguments, documents):
    with contextlib.suppress(click.exceptions.Exit):  # --help and --version are done at once
        if not arguments or arguments[0].startswith("-"):
            cli.make_context("benchsuite", arguments)
            return
        name, given, rest = cli.resolve_command(click.Context(cli), arguments)
        asked = given.make_context(name, list(rest)).params
        if name in ("run", "plan"):
            keys = ("regimes", "seeds", "generations", "settings")
            resolve_all(asked["suite"], installed(), changes(*(asked[key] for key in keys)))
        elif name == "show":
            known = {*(r.component.name for r in installed().components()), "acme/question-share"}
            assert asked["name"] in known | {
                *shipped("regime"),
                *shipped("suite"),
                *shipped("collection"),
                *documents,
            }


def test_there_are_command_lines():
    assert ["run", "quickstart"] in command_lines()
    assert len(command_lines()) > 20


# -- tables of running.md -------------------------------------------------------------------------


def first_column(heading: str, page: str = "docs/running.md") -> set[str]:
    """Names in code in the first column of the tables below a heading of a page."""
    section = re.split(r"^#+ ", text(page), flags=re.MULTILINE)
    (below,) = [s for s in section if s.partition("\n")[0].strip() == heading]
    rows = [row for table in tables(below) for row in table[1:]]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row[0])}


def test_every_option_is_explained():
    given = click.Context(cli)
    commands = [cli.get_command(given, name) for name in ("run", "plan")]
    options = {o for c in commands for p in c.params for o in p.opts if o.startswith("-")}
    assert {name.split()[0] for name in first_column("The commands")} == options


def test_every_key_of_a_suite_is_explained():
    parts = {"held_out": HeldOut, "samples": Samples}
    keys = {
        f"{name}.{inner}" if inner else name
        for name in Suite.model_fields
        for inner in (parts[name].model_fields if name in parts else [""])
    }
    assert first_column("A suite of your own") == keys


def test_every_key_of_a_regime_is_explained():
    lists = {"graders": Grading, "mixture": Share}
    keys = {f"{name}[].{inner}" for name, part in lists.items() for inner in part.model_fields}
    assert first_column("A regime of your own") == keys | set(Regime.model_fields)


def test_every_key_of_a_claim_is_explained():
    keys = {f"contrasts[].{inner}" for inner in Contrast.model_fields} | set(Claim.model_fields)
    assert first_column("Claims of your own", "docs/claims.md") == keys


def test_every_column_and_field_is_explained():
    assert first_column("`measurements.parquet`") == set(MEASUREMENT_SCHEMA.names)
    assert first_column("`samples.parquet`") == set(SAMPLE_SCHEMA.names)
    assert first_column("`record.json`") == set(Record.model_fields)
