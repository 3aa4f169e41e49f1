"""Parse the text of a guard or an instant into its tree."""

from collections.abc import Iterable
from decimal import Decimal
from importlib.resources import files
from typing import Literal, NamedTuple, TypeAlias, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args
from lark.lexer import PatternStr

from pathway.definition.guard.tree import (
    After,
    AllOf,
    Among,
    AnyOf,
    Before,
    Compare,
    Duration,
    Earliest,
    FirstInstant,
    FirstKnown,
    Guard,
    Holds,
    Known,
    Lapse,
    LaterThan,
    Latest,
    Minus,
    Named,
    NextRound,
    Node,
    Not,
    OlderThan,
    Operand,
    Plus,
    Quantity,
    Reached,
    Sign,
    Since,
    When,
    children,
)

#: A guard a clinician can read is far shorter; the bound keeps a faulty file from taking the parser's time.
MAX_TEXT = 8_000
#: Evaluation and display recurse once a level; far below the interpreter's own limit.
MAX_DEPTH = 64


class GuardSyntaxError(ValueError):
    """A text that is not of the language. `line` and `column` count from 1 within the text."""

    code = "guard_syntax"

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column
        self.message = message


def parse_guard(text: str) -> Guard:
    """The tree of a guard such as `pulse older than 6 h and not resolved`. Raises GuardSyntaxError."""
    return cast("Guard", _parse(text, "guard"))


def parse_instant(text: str) -> When:
    """The tree of an instant such as `earliest(drug.next_dose, opened + 12 h)`. Raises GuardSyntaxError."""
    return cast("When", _parse(text, "when"))


def _parse(text: str, start: Literal["guard", "when"]) -> Node:
    if len(text) > MAX_TEXT:
        raise GuardSyntaxError(
            1,
            MAX_TEXT + 1,
            f"the text has {len(text)} characters; expected at most {MAX_TEXT}; give parts of it a name as a condition",
        )
    try:
        tree = cast("Node", PARSER.parse(text, start=start))
    except UnexpectedToken as found:
        raise _unexpected(found, text, start) from None
    except UnexpectedCharacters as found:
        raise GuardSyntaxError(found.line, found.column, _unreadable(found.char)) from None
    _bound_depth(tree)
    return tree


@v_args(inline=True)
class _Build(Transformer[Token, Node]):
    """Builds the tree while the parser reduces: a method for each alternative of the grammar, so nothing recurses."""

    def any_of(self, *parts: Guard) -> Guard:
        return AnyOf(parts)

    def all_of(self, *parts: Guard) -> Guard:
        return AllOf(parts)

    def negated(self, part: Guard) -> Guard:
        return Not(part)

    def holds(self, name: Token) -> Guard:
        return Holds(str(name))

    def is_value(self, name: Token, value: Token) -> Guard:
        return Among(str(name), (str(value),))

    def is_not_value(self, name: Token, value: Token) -> Guard:
        return Among(str(name), (str(value),), negated=True)

    def is_one_of(self, name: Token, *values: Token) -> Guard:
        return Among(str(name), tuple(map(str, values)))

    def is_none_of(self, name: Token, *values: Token) -> Guard:
        return Among(str(name), tuple(map(str, values)), negated=True)

    def is_known(self, name: Token) -> Guard:
        return Known(str(name))

    def is_missing(self, name: Token) -> Guard:
        return Known(str(name), negated=True)

    def compare(self, left: Operand, sign: Token, right: Operand) -> Guard:
        return Compare(left, cast("Sign", str(sign)), right)

    def after(self, left: When, right: When) -> Guard:
        return After(left, right)

    def before(self, left: When, right: When) -> Guard:
        return Before(left, right)

    def reached(self, when: When) -> Guard:
        return Reached(when)

    def older_than(self, name: Token, span: Duration) -> Guard:
        return OlderThan(str(name), span)

    def since(self, span: Duration, when: When) -> Guard:
        return Since(span, when)

    def plus(self, when: When, span: Duration) -> When:
        return Plus(when, span)

    def minus(self, when: When, span: Duration) -> When:
        return Minus(when, span)

    def earliest(self, *parts: When) -> When:
        return Earliest(parts)

    def latest(self, *parts: When) -> When:
        return Latest(parts)

    def later_than(self, floor: When, when: When) -> When:
        return LaterThan(floor, when)

    def next_round(self, rounds: Token, when: When) -> When:
        return NextRound(str(rounds), when)

    def first_of(self, word: Token, *parts: "Choice") -> "_FirstOf":
        depth = 1 + max(part.depth if isinstance(part, _FirstOf) else 0 for part in parts)
        if depth > MAX_DEPTH:
            raise _too_deep()
        return _FirstOf(word, parts, depth)

    def first_guard(self, first: "_FirstOf") -> Guard:
        return FirstKnown(tuple(_as_guard(part, first.word) for part in first.parts))

    def first_instant(self, first: "_FirstOf") -> When:
        return FirstInstant(tuple(_as_when(part, first.word) for part in first.parts))

    def named(self, name: Token) -> Named:
        return Named(str(name))

    def quantity(self, text: Token) -> Quantity:
        number, *unit = text.split()
        return Quantity(Decimal(number), *unit)

    def lapse(self, text: Token) -> Lapse:
        unit = text.lstrip("0123456789").strip()
        return Lapse(int(text.removesuffix(unit)), unit)


class _FirstOf(NamedTuple):
    """A first_known(...) of which the parser does not know yet whether a guard or an instant is wanted."""

    word: Token
    parts: "tuple[Choice, ...]"
    depth: int


Choice: TypeAlias = Guard | When | _FirstOf


def _as_guard(part: Choice, word: Token) -> Guard:
    match part:
        case _FirstOf(inner, parts):
            return FirstKnown(tuple(_as_guard(each, inner) for each in parts))
        case Named() | Plus() | Minus() | Earliest() | Latest() | FirstInstant() | LaterThan() | NextRound():
            raise _mixed(word)
        case _:
            return part


def _as_when(part: Choice, word: Token) -> When:
    match part:
        case _FirstOf(inner, parts):
            return FirstInstant(tuple(_as_when(each, inner) for each in parts))
        case Holds(name):
            # Inside first_known the grammar reads a bare name as a guard; here an instant is wanted.
            return Named(name)
        case Named() | Plus() | Minus() | Earliest() | Latest() | FirstInstant() | LaterThan() | NextRound():
            return part
        case _:
            raise _mixed(word)


def _mixed(word: Token) -> GuardSyntaxError:
    return GuardSyntaxError(
        word.line or 1,
        word.column or 1,
        "`first_known` mixes instants with conditions; expected only instants where an instant stands and only "
        "conditions elsewhere; split it, or turn an instant into a condition with `reached`",
    )


def _bound_depth(tree: Node) -> None:
    level: tuple[Node, ...] = (tree,)
    depth = 0
    while level:
        level = tuple(child for node in level for child in children(node))
        depth += 1
    if depth > MAX_DEPTH:
        raise _too_deep()


def _too_deep() -> GuardSyntaxError:
    return GuardSyntaxError(
        1,
        1,
        f"the text nests too deeply; expected at most {MAX_DEPTH} levels; give parts of it a name as a condition",
    )


PARSER = Lark(
    files(__package__).joinpath("grammar.lark").read_text("utf-8"),
    start=["guard", "when"],
    parser="lalr",
    # The basic lexer knows every word everywhere, so that a reserved word never passes for a name.
    lexer="basic",
    transformer=_Build(),
)

#: The words of the language: no fact, condition, setting, choice or phase may bear one of these names.
RESERVED: frozenset[str] = frozenset(
    terminal.pattern.value
    for terminal in PARSER.terminals
    if isinstance(terminal.pattern, PatternStr) and terminal.pattern.value.isidentifier()
)

_SHOWN_TERMINALS = {
    "NAME": "a name",
    "QUANTITY": "a number with its unit such as `150 mg/dL`",
    "SPAN": "a span such as `6 h`",
    "COMPARISON": "`<`, `<=`, `>` or `>=`",
    "$END": "the end",
}


def _unexpected(found: UnexpectedToken, text: str, start: str) -> GuardSyntaxError:
    expected = _one_of(found.accepts or found.expected)
    if found.token.type == "$END":
        line, column = text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1
        what = "the text ends too early" if text.strip() else "the text is empty"
    else:
        line, column = found.line, found.column
        what = f"`{found.token}` cannot stand here"
        if found.token in RESERVED:
            what += " (it is a word of the language)"
    kind = "condition" if start == "guard" else "instant"
    return GuardSyntaxError(line, column, f"{what}; expected {expected}; mend the {kind} at this place")


def _one_of(terminals: Iterable[str]) -> str:
    words = {terminal.name: f"`{terminal.pattern.value}`" for terminal in PARSER.terminals} | _SHOWN_TERMINALS
    # Names and numbers first, then the words and signs in a fixed order.
    shown = sorted((words[name] for name in terminals), key=lambda word: (word.startswith("`"), word))
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _unreadable(character: str) -> str:
    advice = "write names in small letters, digits and _" if character.isalnum() else "take it out"
    return (
        f"`{character}` is not a sign of the language; expected names, numbers with units, spans, brackets or "
        f"one of < <= > >= + -; {advice}"
    )
