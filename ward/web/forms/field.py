"""Field: a field of a form and the parts that fields stand in, as plain values."""

import msgspec

#: Words with how people read them.
Options = tuple[tuple[str, str], ...]
YES_NO: Options = (("yes", "Yes"), ("no", "No"))


class Field(msgspec.Struct, frozen=True):
    """A field of a form. `kind`: text, area, time, choice, ticks, number or password.

    `shut`: options that are listed and cannot be chosen, each with why. `offers`: what is proposed beside a free text;
    `named`: the same, each with how people read it.
    """

    name: str
    label: str
    kind: str
    value: str = ""
    options: Options = ()
    shut: Options = ()
    hint: str = ""
    needed: bool = False
    offers: tuple[str, ...] = ()
    named: Options = ()
    ticked: frozenset[str] = frozenset()


class Part(msgspec.Struct, frozen=True):
    """Fields under a heading, with what is said above them."""

    name: str
    title: str
    fields: tuple[Field, ...]
    note: str = ""
    lines: tuple[str, ...] = ()
