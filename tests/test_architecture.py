"""The house keeps its shape: what linters do not say, read from the source itself."""

import ast
import functools
import hashlib
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

# The whole tree is read and parsed: a second on a quiet machine, more on a busy one.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
OURS = ("approvals", "content", "config")
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 40
SIGNALS = {
    *("products_changed", "usability_changed", "revision_added", "person_joins"),
    *("versions_frozen", "source_changed", "roles_changed", "stopped_by_authority"),
}
FORBIDDEN_FOLDERS = {"core", "utils", "util", "common", "helpers", "misc", "lib"}
# Spelt apart, so that this file does not forbid itself.
FORBIDDEN_WORDS = {
    "skip_history" + "_when_saving": "it leaves no history",
    ".update(" + "state=": "it goes round the machine and leaves no history",
    "create(" + "state=": "it goes round the machine",
    "TO" + "DO": "finish it or open an issue",
    "FIX" + "ME": "mend it or open an issue",
    "raise Not" + "ImplementedError": "finish it, or make it abstract",
    "pytest.mark." + "skip": "a test runs, or is not there",
    "pytest.mark." + "xfail": "a test passes, or is not there",
    "pragma: " + "no cover": "test it, or take it out",
    "simple_history.utils." + "bulk": "it sends no signal: the event would not hold the rows",
    "SimpleHistory" + "Admin": "its history form accepts a POST from a view-only person",
    "FSM" + "AdminMixin": "it runs a posted transition without permission",
    "Concurrent" + "TransitionMixin": "it makes .only() query once per row",
}
ALLOWED_WORDS = {
    ("config/http/admin.py", "SimpleHistory" + "Admin"): "the base that denies anything but GET",
    ("content/outbox/actions/messages.py", ".update(" + "state="): "swap on an unregulated row",
}
WRITES = {
    *("save", "delete", "create", "update", "get_or_create", "update_or_create"),
    *("bulk_create", "bulk_update"),
}
# Besides actions.py and setup.py: who writes, and why it may.
WRITERS = {
    "approvals/audit/apps.py": "the head row, installed after migrate",
    "approvals/audit/bulk.py": "bulk writes that write their own history",
    "approvals/audit/chain.py": "the event and the head",
    "approvals/audit/checkpoints.py": "the signature that ends an act",
    "config/http/idempotency.py": "keys of repeated requests and of forms sent twice",
}
# What is called like a write and writes no row.
HARMLESS_RECEIVERS = {"cache", "storage", "digest", "details", "form", "book", "image", "document"}
CLOCKS = {"timezone.now", "datetime.now", "date.today", "time.time", "timezone.localdate"}
# Where ``now`` is given, never read.
WITHOUT_CLOCK = {"actions", "policies", "models", "validity", "notifications", "documents", "enums"}


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file of the tree under version control, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources(*, tests: bool = False) -> Iterator[Path]:
    """Python files that people write: ours, and the tests' if asked for."""
    tops = (*OURS, "tests") if tests else OURS
    for path in tracked():
        parts = path.relative_to(ROOT).parts
        if path.suffix == ".py" and parts[0] in tops and "migrations" not in parts:
            yield path


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def kind_of(path: Path) -> str:
    """``actions`` for ``content/assets/actions.py`` and for each file of ``…/actions/``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[2] if len(parts) > 2 else parts[-1]


def report(found: Iterable[str]) -> None:
    lines = sorted(found)
    assert not lines, "\n" + "\n".join(lines)


def test_no_file_outgrows_its_reader() -> None:
    written = {".py", ".html", ".js", ".css"}
    report(
        f"{name_of(path)}: {count} lines"
        for path in tracked()
        if path.suffix in written and not {"migrations", "vendor"} & set(path.parts)
        if (count := len(path.read_text().splitlines())) > MAX_FILE_LINES
    )


def test_no_function_outgrows_its_reader() -> None:
    found = []
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = ast.get_docstring(node, clean=False) or ""
                length = (node.end_lineno or 0) - node.lineno + 1
                length -= len(docstring.splitlines())
                if length > MAX_FUNCTION_LINES:
                    found.append(f"{name_of(path)}:{node.lineno} {node.name}: {length} lines")
    report(found)


def test_no_forbidden_word() -> None:
    found = []
    for path in sources(tests=True):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found += [
                f"{name_of(path)}:{number} {word}: {why}"
                for word, why in FORBIDDEN_WORDS.items()
                if word in line and (name_of(path), word) not in ALLOWED_WORDS
            ]
    report(found)


def test_no_room_without_a_purpose() -> None:
    found = {
        name_of(path)
        for path in tracked()
        if FORBIDDEN_FOLDERS & set(path.relative_to(ROOT).with_suffix("").parts)
    }
    suffix = re.compile(r"(Helper|Service|Util|Utils)s?$")
    for path in sources(tests=True):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and suffix.search(node.name):
                found.add(f"{name_of(path)}:{node.lineno} {node.name}")
    report(found)


def test_only_actions_write() -> None:
    found = []
    for path in sources():
        if kind_of(path) in {"actions", "setup"} or name_of(path) in WRITERS:
            continue
        for call in writes_in(tree_of(path)):
            found.append(f"{name_of(path)}:{call.lineno} {ast.unparse(call.func)}(…)")
    report(found)


def test_each_listed_writer_still_writes() -> None:
    report(name for name in WRITERS if not list(writes_in(tree_of(ROOT / name))))


def writes_in(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that write rows; a model's own ``super().save()`` is not one."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        receiver = ast.unparse(node.func.value)
        if node.func.attr not in WRITES or receiver == "super()":
            continue
        last = receiver.rsplit(".", 1)[-1].removesuffix("()")
        values = node.func.attr in {"update", "create"} and "objects" not in receiver
        if last in HARMLESS_RECEIVERS or values:
            continue
        yield node


def test_an_act_is_told_who_and_when() -> None:
    found = []
    for path in sources():
        if kind_of(path) != "actions":
            continue
        for node in tree_of(path).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            is_act = any(
                isinstance(one, ast.Call) and ast.unparse(one.func) == "act"
                for one in node.decorator_list
            )
            keyword_only = {argument.arg for argument in node.args.kwonlyargs}
            if is_act and not {"by", "now"} <= keyword_only:
                found.append(f"{name_of(path)}:{node.lineno} {node.name}")
    report(found)


def test_no_rule_reads_the_clock() -> None:
    found = []
    for path in sources():
        if kind_of(path) not in WITHOUT_CLOCK:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS:
                found.append(f"{name_of(path)}:{node.lineno} {ast.unparse(node.func)}()")
    report(found)


def test_there_are_no_other_signals() -> None:
    declared = {
        target.id
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).endswith("Signal")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert declared == SIGNALS


def test_nothing_names_the_machine_it_was_written_on() -> None:
    place = re.compile(r"(?<![\w.])/(work|root|home)/")
    found = []
    for path in tracked():
        if path.suffix in {".lock", ".pdf", ".png", ".woff2"} or "vendor" in path.parts:
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{name_of(path)}: {match.group()}" for match in place.finditer(text)]
    report(found)


@pytest.mark.parametrize("lock", ["run.lock", "test.lock"])
def test_locks_hash_everything_and_name_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    pinned = re.findall(r"^([\w.-]+)==(\S+) \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[\w.-]+.*[=@]", text, re.MULTILINE))
    assert "://" not in text
    assert "--index-url" not in text


def test_vendored_files_are_as_published() -> None:
    folder = ROOT / "config" / "static" / "vendor"
    text = (folder / "VENDOR.md").read_text()
    rows = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", text, re.MULTILINE)
    assert {name for name, _ in rows} == {path.name for path in folder.glob("*.js")}
    for name, digest in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
