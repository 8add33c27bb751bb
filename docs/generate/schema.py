"""The schema of a result, from its classes."""

import ast
import inspect
import re
import textwrap
from typing import Any

from pydantic import BaseModel

from tinysim.results import SCHEMA_VERSION, Result
from tinysim.results.part import Part

_HEAD = f"""\
# A result's schema

Version {SCHEMA_VERSION}. `tinysim run --json FILE` writes a result, or a list of them, and
`tinysim schema` prints this as JSON Schema. A file of another version is refused, and so is one
with other fields.
"""


def page() -> str:
    """Result first, then all that it consists of."""
    written = Result.model_json_schema()
    parts = {"Result": written, **written["$defs"]}
    return _HEAD + "".join(_part(name, part) for name, part in parts.items())


def _part(name: str, part: dict[str, Any]) -> str:
    (model,) = (kind for kind in Part.__subclasses__() if kind.__name__ == name)
    lines = [f"\n## {name}\n", _escaped(inspect.cleandoc(model.__doc__ or "")), ""]
    lines += ["| field | type | required | |", "|---|---|---|---|"]
    said = _said(model)
    required = part.get("required", [])
    for field, content in part["properties"].items():
        needed = "yes" if field in required else ""
        lines.append(f"| `{field}` | {_type(content)} | {needed} | {said.get(field, '')} |")
    return "\n".join([*lines, ""])


def _said(model: type[BaseModel]) -> dict[str, str]:
    """The text behind each field."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(tree, ast.ClassDef)
    said = {}
    for field, text in zip(tree.body, tree.body[1:], strict=False):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                said[name] = _escaped(" ".join(words.split()))
    return said


def _type(content: dict[str, Any]) -> str:
    if "$ref" in content:
        name = content["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in content:
        return " or ".join(_type(option) for option in content["anyOf"])
    if "enum" in content or "const" in content:
        return ", ".join(f"`{value}`" for value in content.get("enum") or [content["const"]])
    kind = content.get("type", "any")
    if kind == "array":
        pairs = content.get("prefixItems")
        return f"list of {_type(content['items'])}" if not pairs else f"{len(pairs)} numbers"
    if kind == "object" and isinstance(content.get("additionalProperties"), dict):
        return f"object of {_type(content['additionalProperties'])}"
    return str(kind)


def _escaped(text: str) -> str:
    return re.sub(r"([<|])", r"\\\1", text)
