"""The rooms and which way imports go (docs: the package docstring of corrtest)."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "corrtest"
ROOMS = (
    "spec",
    "pages",
    "design",
    "generator",
    "register",
    "mail",
    "questionnaires",
    "analysis",
    "disclosure",
    "power",
    "report",
    "lab",
    "web",
    "cli",
)
OPEN_TO_ALL = ("errors", "language", "display", "resources", "__version__")
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[tuple[str, tuple[str, ...]]]:
    """Return (module, names) for each import of corrtest in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "corrtest":
            assert node.level == 0, f"{path}: relative import"
            found.add((node.module, tuple(alias.name for alias in node.names)))
        elif isinstance(node, ast.Import):
            found.update((a.name, ()) for a in node.names if a.name.split(".")[0] == "corrtest")
    return found


def rooms_of(module: str, names: tuple[str, ...]) -> list[str]:
    parts = module.split(".")
    return [parts[1]] if len(parts) > 1 else list(names)


def test_the_rooms_are_found():
    assert len(MODULES) > 40
    for room in ROOMS:
        assert (PACKAGE / room / "__init__.py") in MODULES, f"no room {room}"
    assert sum(len(imported(path)) for path in MODULES) > 100


def test_every_folder_is_a_room():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name not in ("__pycache__", "_data")}
    assert folders == set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_imports_only_from_rooms_above_it(path: Path):
    here = path.relative_to(PACKAGE).parts[0]
    for module, names in imported(path):
        for room in rooms_of(module, names):
            if room in OPEN_TO_ALL:
                continue
            assert room in ROOMS, f"{path}: imports {module}, which is no room"
            assert here in ROOMS, f"{path}: stands outside the rooms and imports {room}"
            assert ROOMS.index(room) <= ROOMS.index(here), f"{path}: {here} imports {room}, which stands below it"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_neighbour_is_entered_by_its_front_door(path: Path):
    here = path.relative_to(PACKAGE).parts[0]
    for module, names in imported(path):
        parts = module.split(".")
        if len(parts) < 2 or parts[1] not in ROOMS or parts[1] == here:
            continue
        assert len(parts) == 2, f"{path}: reaches into {module} instead of corrtest.{parts[1]}"
        exported = importlib.import_module(module).__all__
        assert set(names) <= set(exported), f"{path}: {set(names) - set(exported)} is not exported by {module}"


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_names_exists(room: str):
    module = importlib.import_module(f"corrtest.{room}")
    assert module.__doc__
    assert sorted(module.__all__) == sorted(set(module.__all__))
    for name in module.__all__:
        assert hasattr(module, name), f"corrtest.{room}.__all__ names {name}, which does not exist"


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph() -> dict[str, set[str]]:
    """Return which modules of corrtest each imports, inside functions and for type checking too."""
    modules = {module_of(path): path for path in MODULES}
    graph = {}
    for module, path in modules.items():
        named = {
            full if (full := f"{source}.{name}") in modules else source
            for source, names in imported(path)
            for name in names or ("",)
        }
        graph[module] = (named & set(modules)) - {module}
    return graph


def cycle_in(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle of imports, the first again at its end; nothing where there is none."""
    done: set[str] = set()

    def visit(module: str, trail: list[str]) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module in done:
            return []
        for other in sorted(graph[module]):
            if found := visit(other, [*trail, module]):
                return found
        done.add(module)
        return []

    return next((found for module in sorted(graph) if (found := visit(module, []))), [])


def test_a_circle_of_imports_is_found():
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert cycle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_module_imports_itself_through_others():
    graph = import_graph()
    assert sum(map(len, graph.values())) > 500
    assert graph["corrtest.cli.check"] >= {"corrtest.spec", "corrtest.design"}
    assert not (found := cycle_in(graph)), " imports ".join(found)
