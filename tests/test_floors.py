"""Import downwards only: the floors of the house, read from the syntax trees.

Every import counts, wherever it stands: inside a function it still ties two modules together.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS: tuple[set[str], ...] = (
    {
        *("errors", "clock", "config", "findings", "instruments", "look"),
        *("numerals", "pictures", "progress", "project", "sessions"),
    },
    {"market", "facts", "brief", "brief_json"},
    {"store"},
    {"sources", "stories", "editorial", "phrasing", "charting", "render", "subscribers", "delivery"},
    {"auditing", "issue", "mailing", "publishing", "replay"},
    {"bench", "cli", "notebook", "ranking", "terminal", "web", "scheduler", "__main__"},
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
STAGES = FLOORS[3]

PURE = ("newsletter.stories", "newsletter.editorial", "newsletter.render", "charts")
"""Values in, values out: no clock, store, socket or environment."""

OUTSIDE = {
    *("newsletter.store", "sqlalchemy", "sqlite3", "subprocess", "time", "random", "secrets"),
    *("socket", "ssl", "smtplib", "imaplib", "urllib.request", "http", "requests", "httpx2", "curl_cffi"),
    *("yfinance", "starlette", "uvicorn", "apscheduler"),
}
"""What a pure stage can't import, nor anything inside it."""

NOW = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime"),
    *("Timestamp.now", "Timestamp.utcnow", "Timestamp.today"),
}

CHARTS_USE = {
    "newsletter.errors",
    "newsletter.facts",
    "newsletter.instruments",
    "newsletter.look",
    "newsletter.market",
    "newsletter.numerals",
    "newsletter.sessions",
}
"""What a recipe can import from the engine."""


class Module(NamedTuple):
    name: str
    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


class Import(NamedTuple):
    target: str
    line: int


def read(path: Path, root: Path = ROOT) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))


MODULES = {
    m.name: m for folder in ("newsletter", "charts") for m in map(read, sorted((ROOT / folder).rglob("*.py")))
}


def imports(module: Module, known: set[str]) -> Iterator[Import]:
    """What a module imports: the module that holds each name, or the name itself where it is a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.package.split(".")[: -(node.level - 1) or None]
                base = ".".join([*above, *filter(None, [base])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield Import(inner if inner in known else base, node.lineno)


def part(name: str) -> str:
    """`newsletter.stories.records` belongs to `stories`."""
    return name.removeprefix("newsletter.").partition(".")[0]


def within(name: str, packages: set[str] | tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def forbidden(source: str, target: str) -> str | None:
    """Why one module can't import another, or None."""
    if within(target, ("charts",)):
        return (
            None
            if within(source, ("charts",))
            else "recipes are loaded by newsletter.charting, never imported"
        )
    if target == "newsletter" or not within(target, ("newsletter",)):
        return None
    if within(source, ("charts",)):
        return None if target in CHARTS_USE else "a recipe takes plain data; it knows nothing of this part"
    above, below = part(source), part(target)
    if above == below:
        return None
    if source == "newsletter":
        return "the package itself imports nothing, so that it loads at once"
    if above in STAGES and below in STAGES:
        return "stages never import each other; the story in issue.py or mailing.py joins them"
    if (above, below) == ("mailing", "issue"):
        return "a mailing takes a frozen issue, so a restart can't fetch or write again"
    if (
        above in FLOOR and below in FLOOR and FLOOR[below] > FLOOR[above]
    ):  # a test of its own misses those without one
        return f"floor {FLOOR[above]} imports from floor {FLOOR[below]}"
    return None


EDGES = [(m, i) for m in MODULES.values() for i in imports(m, set(MODULES))]


def at(module: Module, line: int) -> str:
    return f"{module.path.relative_to(ROOT)}:{line}"


def test_every_module_has_a_floor() -> None:
    homeless = {
        part(name) for name in MODULES if name != "newsletter" and within(name, ("newsletter",))
    } - set(FLOOR)
    assert not homeless, f"say in FLOORS where {sorted(homeless)} stands"


def test_imports_go_down_only() -> None:
    wrong = [
        f"{at(module, line)}: {target}: {why}"
        for module, (target, line) in EDGES
        if (why := forbidden(module.name, target))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_cycles() -> None:
    graph: dict[str, set[str]] = {name: set() for name in MODULES}
    for module, (target, _) in EDGES:
        if target in MODULES and target != module.name:
            graph[module.name].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])), pytrace=False)


def test_pure_stages_reach_for_nothing() -> None:
    wrong = [
        f"{at(module, line)}: imports {target}"
        for module, (target, line) in EDGES
        if within(module.name, PURE) and within(target, OUTSIDE)
    ]
    wrong += [
        f"{at(module, node.lineno)}: reads the environment"
        for module in MODULES.values()
        if within(module.name, PURE)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_clock_tells_the_time() -> None:
    wrong = [
        f"{at(module, node.lineno)}: {ast.unparse(node)}()"
        for module in MODULES.values()
        if module.name != "newsletter.clock"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in NOW
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("what", "where"),
    [
        ("sqlalchemy", ("newsletter.store",)),  # SQL lives on one floor
        ("sqlite3", ("newsletter.store",)),
        ("yfinance", ("newsletter.sources",)),  # slow to import, and of no use but for live data
        ("openai", ("newsletter.phrasing",)),  # an optional extra; nothing else may ask a model
        ("mjml", ("newsletter.render",)),  # one call passes its components every time
        ("importlib.util", ("newsletter.charting",)),  # loads recipes; nobody else loads code from a file
        ("importlib.machinery", ("newsletter.charting",)),
    ],
)
def test_only_its_own_part_imports(what: str, where: tuple[str, ...]) -> None:
    wrong = [
        f"{at(module, line)}: {target}"
        for module, (target, line) in EDGES
        if within(target, (what,)) and not within(module.name, where)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("source", "line", "targets"),
    [
        (
            "newsletter/stories/records.py",
            "from newsletter.stories import breadth",
            {"newsletter.stories.breadth"},
        ),
        ("newsletter/stories/records.py", "from newsletter.stories import find", {"newsletter.stories"}),
        ("newsletter/stories/records.py", "from . import breadth", {"newsletter.stories.breadth"}),
        ("newsletter/stories/records.py", "from .breadth import count", {"newsletter.stories.breadth"}),
        ("newsletter/stories/records.py", "from ..facts import Fact", {"newsletter.facts"}),
        ("newsletter/stories/__init__.py", "from .breadth import count", {"newsletter.stories.breadth"}),
        ("newsletter/cli.py", "def f():\n    import newsletter.issue, os", {"newsletter.issue", "os"}),
        ("charts/drought.py", "from .style import INK", {"charts.style"}),
    ],
)
def test_imports_are_read_right(tmp_path: Path, source: str, line: str, targets: set[str]) -> None:
    path = tmp_path / source
    path.parent.mkdir(parents=True)
    path.write_text(line)
    known = {
        "newsletter.stories",
        "newsletter.stories.breadth",
        "newsletter.facts",
        "newsletter.issue",
        "charts.style",
    }

    assert {i.target for i in imports(read(path, tmp_path), known)} == targets


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("newsletter.facts", "newsletter.store"),  # upwards
        ("newsletter.store", "newsletter.stories.records"),  # upwards, into a folder
        ("newsletter.stories.records", "newsletter.editorial"),  # neighbours
        ("newsletter.mailing", "newsletter.issue"),  # the same floor, and still never
        ("newsletter.issue", "newsletter.cli"),
        ("newsletter", "newsletter.cli"),  # the package itself
        ("newsletter.charting", "charts.style"),  # recipes are loaded from the operator's folder first
        ("charts.drought", "newsletter.store"),
    ],
)
def test_a_wrong_import_is_seen(source: str, target: str) -> None:
    assert forbidden(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("newsletter.issue", "newsletter.stories"),
        ("newsletter.cli", "newsletter.web.preview"),  # surfaces may start one another
        ("newsletter.sources.yahoo", "newsletter.sources.quality"),  # one stage
        ("newsletter.brief", "newsletter.facts"),  # one floor of types
        ("newsletter.cli", "newsletter"),  # its version
        ("charts.drought", "charts.style"),
        ("charts.drought", "newsletter.numerals"),
        ("newsletter.stories", "numpy"),
    ],
)
def test_a_right_import_passes(source: str, target: str) -> None:
    assert forbidden(source, target) is None
