"""Parses each condition once; MiniStack parses it again for every item that it judges."""

import functools
from typing import Any, NamedTuple

from ministack.services import dynamodb

type Item = dict[str, Any]
type Token = tuple[str, str]


class _Condition(NamedTuple):
    tokens: list[Token]
    bounds: list[tuple[str, str]]  # names of the values of each BETWEEN


def parse_once() -> None:
    """Let MiniStack keep what it has parsed. What is wrong with an expression or its values, it still says itself."""
    evaluate, tokenize = dynamodb._evaluate_condition, dynamodb._tokenize

    @functools.lru_cache(maxsize=1024)
    def read_tokens(text: str) -> tuple[Token, ...]:
        return tuple(tokenize(text))

    @functools.lru_cache(maxsize=1024)
    def parse(text: str, slot: str) -> _Condition | None:
        """Parse a condition; return None if it is empty or wrong."""
        tokens = tokenize(text)
        is_wrong = (
            not text.strip()
            or dynamodb._check_redundant_parens(tokens, slot)
            or dynamodb._check_reserved_keyword_usage(tokens)
            or dynamodb._condition_syntax_error(text, slot)
        )
        return None if is_wrong else _Condition(tokens, _find_bounds(tokens))

    def evaluate_parsed(
        expr: Any, item: Item, attr_values: Any, attr_names: Any, slot: str = "ConditionExpression"
    ) -> Any:
        condition = parse(expr, slot) if isinstance(expr, str) else None
        if condition is not None:
            try:
                for low, high in condition.bounds:
                    if dynamodb._between_bounds_error(attr_values.get(low), attr_values.get(high)):
                        break
                else:
                    return dynamodb._ExprEval(condition.tokens, item, attr_values, attr_names).evaluate()
            except Exception:  # noqa: BLE001, S110 - MiniStack says below what it is
                pass
        return evaluate(expr, item, attr_values, attr_names, slot)

    dynamodb._evaluate_condition = evaluate_parsed
    dynamodb._tokenize = lambda expr: list(read_tokens(expr)) if isinstance(expr, str) else tokenize(expr)


def _find_bounds(tokens: list[Token]) -> list[tuple[str, str]]:
    """Find the values of each BETWEEN where MiniStack looks for them: it refuses a range from high to low."""
    found = []
    for at in range(len(tokens) - 3):
        between, low, conjunction, high = tokens[at : at + 4]
        if (
            (between[0], between[1].upper()) == ("IDENT", "BETWEEN")
            and (conjunction[0], conjunction[1].upper()) == ("IDENT", "AND")
            and low[0] == high[0] == "VALUE_REF"
        ):
            found.append((low[1], high[1]))
    return found
