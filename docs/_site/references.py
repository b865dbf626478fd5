"""What a signature names, found where it is documented; what other libraries own is left as it is."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

OTHERS = frozenset(
    {"pd", "pandas", "np", "numpy", "matplotlib", "collections", "concurrent", "pathlib", "decimal", "datetime"}
)
"""Libraries whose names appear in signatures. The site links to none of them: it makes no request."""
ALONE = frozenset({"Any", "Axes", "Executor", "Path", "Decimal", "Callable", "Mapping", "Sequence", "Iterator"})
"""Names of theirs that stand by themselves."""
OURS = frozenset({"Choice", "Did", "Group", "HoursOfWeek", "Theory", "Varying", "Watching", "Weekly"})
"""Values of capsim's own that no page tells of: shown, not linked."""


def find(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.Element) -> nodes.Node | None:
    """Find a Python name by its last part; None, which is an error, where it is neither documented nor another's."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    last = target.rpartition(".")[2]
    domain: Any = env.domains.python_domain
    known = [name for name in domain.objects if name.rpartition(".")[2] == last and domain.objects[name][2] != "module"]
    if known and last[0].isupper():
        found: nodes.Node | None = domain.resolve_xref(
            env, node["refdoc"], app.builder, "obj", known[0], node, contnode
        )
        return found
    if target.partition(".")[0] in OTHERS or target in ALONE or last in OURS:
        return contnode
    return None
