"""What our sources call of AWS."""

import ast

from tests.support.template import ROOT


def called() -> dict[str, set[str]]:
    """Find in our sources what is called of AWS: `aws.call("ssm", "get_parameter", ...)`, `_call("get_item", ...)`."""
    operations: dict[str, set[str]] = {}
    for path in (ROOT / "layers/common/lambdo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("aws"), attr="call"),
                    args=[ast.Constant(str(service)), ast.Constant(str(operation))],
                ):
                    operations.setdefault(service, set()).add(operation)
                case ast.Call(
                    func=ast.Name("_call" | "_write" | "_retry_rest"), args=[ast.Constant(str(operation)), *_]
                ):
                    operations.setdefault("dynamodb", set()).add(operation)
    return operations
