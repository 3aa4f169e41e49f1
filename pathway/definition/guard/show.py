"""Show a tree as text, so that parsing the text gives the same tree."""

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
    Leaf,
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
    Since,
    When,
)


def show(tree: Guard | When) -> str:
    """The text of a guard or an instant on one line, with the fewest brackets that keep its shape."""
    match tree:
        case AllOf(parts):
            return " and ".join(_bracketed(part, AllOf, AnyOf) for part in parts)
        case AnyOf(parts):
            return " or ".join(_bracketed(part, AnyOf) for part in parts)
        case Not(part):
            return "not " + _bracketed(part, AllOf, AnyOf)
        case FirstKnown(parts):
            return _call("first_known", *map(show, parts))
        case Named() | Plus() | Minus() | Earliest() | Latest() | FirstInstant() | LaterThan() | NextRound():
            return show_when(tree)
        case _:
            return _show_leaf(tree)


def show_when(when: When) -> str:
    """The text of an instant."""
    match when:
        case Named(name):
            return name
        case Plus(start, span):
            return f"{show_when(start)} + {show_duration(span)}"
        case Minus(start, span):
            return f"{show_when(start)} - {show_duration(span)}"
        case Earliest(parts):
            return _call("earliest", *map(show_when, parts))
        case Latest(parts):
            return _call("latest", *map(show_when, parts))
        case FirstInstant(parts):
            return _call("first_known", *map(show_when, parts))
        case LaterThan(floor, later):
            return _call("later_than", show_when(floor), show_when(later))
        case NextRound(rounds, start):
            return _call("next_round", rounds, show_when(start))


def show_duration(span: Duration) -> str:
    """The text of a span, as it was written."""
    return span.name if isinstance(span, Named) else f"{span.count} {span.unit}"


def show_operand(operand: Operand) -> str:
    """The text of one side of a comparison."""
    if isinstance(operand, Named):
        return operand.name
    # Equal trees have one text: 1.50 and 1.5 are the same number.
    return f"{operand.number.normalize():f} {operand.unit}".rstrip()


def show_node(node: Node) -> str:
    """The text of any node of a tree."""
    match node:
        case Quantity():
            return show_operand(node)
        case Lapse():
            return show_duration(node)
        case _:
            return show(node)


def _show_leaf(leaf: Leaf) -> str:
    match leaf:
        case Holds(name):
            return name
        case Among(name, (value,), negated):
            return f"{name} is {'not ' if negated else ''}{value}"
        case Among(name, values, negated):
            return f"{name} {'not ' if negated else ''}in ({', '.join(values)})"
        case Known(name, negated):
            return f"{name} is {'missing' if negated else 'known'}"
        case Compare(left, sign, right):
            return f"{show_operand(left)} {sign} {show_operand(right)}"
        case After(first, second):
            return f"{show_when(first)} after {show_when(second)}"
        case Before(first, second):
            return f"{show_when(first)} before {show_when(second)}"
        case Reached(when):
            return f"{show_when(when)} reached"
        case OlderThan(name, span):
            return f"{name} older than {show_duration(span)}"
        case Since(span, when):
            return f"{show_duration(span)} since {show_when(when)}"


def _call(word: str, *arguments: str) -> str:
    return f"{word}({', '.join(arguments)})"


def _bracketed(part: Guard, *looser: type[AllOf | AnyOf]) -> str:
    return f"({show(part)})" if isinstance(part, looser) else show(part)
