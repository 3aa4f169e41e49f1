"""Where everything of one region stands: layers from left to right, labels between them, lines that cross no box.

Heights come first (around an axis at zero), then ports and lanes, then the strips between the columns, and the columns
last. A line that passes over a column runs in a lane above everything when it leads on, below everything when it leads
back.
"""

from pathway.definition.draw.columns import End, Skeleton, skeleton
from pathway.definition.draw.measure import width_of, wrapped
from pathway.definition.draw.moves import Block, Move, boxes_of, in_words, named, notes_of, titled, who
from pathway.definition.draw.shapes import LINE, SIZE, Box, Panel, Point, Shape, Text, Wire
from pathway.definition.draw.stack import PORT, Span, middle, spread, stacked, total
from pathway.definition.draw.zone import Pass, Zone, zone_of
from pathway.definition.form import TransitionForm
from pathway.definition.pathway import Pathway

#: Widths of a phase and of a label's text, in pixels.
PHASE_WIDTH, LABEL_WIDTH = 156, 162
#: Room inside a box, inside a parent, between things in a column, between lanes, above the drawing.
PADDING, FRAME, GAP, LANE, HEADING = 9, 16, 20, 14, 44
#: The least height of a phase inside a parent, and of one alone: so high that lines to two labels run straight.
LEAF_HEIGHT, BLOCK_HEIGHT = 44, 96
#: Room for the mark where a case begins, and around a region.
START, MARGIN = 34, 24


def label_lines(move_id: str, name: str, by: tuple[str, ...]) -> tuple[Text, ...]:
    """The lines of a label: id and name, then who."""
    head = wrapped(f"{move_id} {name}", LABEL_WIDTH - 2 * PADDING, SIZE, bold=True)
    return tuple(Text(each, bold=True) for each in head) + tuple(
        Text(each) for each in wrapped(who(by), LABEL_WIDTH - 2 * PADDING, SIZE)
    )


def region_panel(pathway: Pathway, region: str) -> Panel:
    """The drawing of one region."""
    return Layout(pathway, region).panel()


class Layout:
    """One drawing of one region in the making."""

    def __init__(self, pathway: Pathway, region: str) -> None:
        self.pathway, self.region = pathway, region
        self.bones: Skeleton = skeleton(pathway.form, region)
        self.initial = pathway.form.regions[region].initial
        self.leaves = pathway.form.regions[region].phases
        self.notes = notes_of(pathway.form, region)
        self.labels = [label_lines(each.id, move_name(pathway, each), each.by) for each in self.bones.moves]
        self.node_y: dict[str, Span] = {}
        self.move_y: dict[int, Span] = {}
        self.slot_y: dict[int, int] = {}
        self.port_y: dict[tuple[str, int], int] = {}
        self.lane_y: dict[int, int] = {}
        self.dot_y = 0

    def panel(self) -> Panel:
        """All steps in order."""
        self.heights()
        self.ports()
        self.lanes()
        self.label_ports()
        zones = self.zones()
        self.across(zones)
        return self.placed(zones)

    # Heights

    def heights(self) -> None:
        """Blocks of a layer stand in a column around the axis, and so do the labels before it."""
        for layer in self.bones.layers:
            tops = stacked([self.block_height(block) for block in layer], 2 * GAP)
            for block, top in zip(layer, tops, strict=True):
                self.stand(block, top)
        for column in range(len(self.bones.layers)):
            inside = [i for i, at in enumerate(self.bones.columns) if at == column and not self.bones.inner[i]]
            inside.sort(key=self.wished)
            tops = stacked([self.label_height(i) for i in inside], GAP)
            lift = self.lift(inside, tops)
            for index, top in zip(inside, tops, strict=True):
                self.move_y[index] = (top + lift, self.label_height(index))

    def lift(self, column: list[int], tops: list[int]) -> int:
        """How far a column of labels is moved so that its arrows run as straight as can be."""
        wishes = [
            middle(self.node_y[name]) - middle((top, self.label_height(index)))
            for index, top in zip(column, tops, strict=True)
            for name in self.bones.moves[index].ends
        ]
        return sum(wishes) // len(wishes) if wishes else 0

    def stand(self, block: Block, top: int) -> None:
        """The heights of a block, its leaves, its inner labels, and gaps for lines that leave a leaf."""
        height = self.block_height(block)
        self.node_y[block.name] = (top, height)
        if not block.parent:
            return
        centre = top + self.header(block) + self.body(block) // 2
        for leaf, at in zip(block.leaves, stacked([self.leaf_height(each) for each in block.leaves], GAP), strict=True):
            self.node_y[leaf] = (centre + at, self.leaf_height(leaf))
        items = sorted(self.inner_items(block), key=lambda item: (self.item_wish(item), item))
        for (kind, index), at in zip(items, stacked([self.item_height(item) for item in items], PORT), strict=True):
            if kind == "move":
                self.move_y[index] = (centre + at, self.label_height(index))
            else:
                self.slot_y[index] = centre + at + PORT // 2

    def block_height(self, block: Block) -> int:
        """A phase as high as its text and ports; a parent as high as its header, leaves or inner labels, and notes."""
        if not block.parent:
            return self.leaf_height(block.name)
        return self.header(block) + self.body(block) + self.notes_height(block.name) + self.footer(block)

    def body(self, block: Block) -> int:
        """The height that leaves or inner labels need, whichever is more."""
        leaves = total([self.leaf_height(each) for each in block.leaves], GAP)
        return max(leaves, total([self.item_height(each) for each in self.inner_items(block)], PORT))

    def header(self, block: Block) -> int:
        """The height of a parent's title, beside which lines leave the parent to the right."""
        text = LINE * len(self.leaf_lines(block.name)) + 2 * PADDING
        return max(text, PORT * (self.meeting(block.name, right=True) + 1))

    def footer(self, block: Block) -> int:
        """The height of a parent's foot, beside which lines leave it to the left, on their way back."""
        return max(FRAME, PORT * (self.meeting(block.name, right=False) + 1))

    def leaf_height(self, leaf: str) -> int:
        """The height of a phase."""
        text = LINE * len(self.leaf_lines(leaf)) + 2 * PADDING + self.notes_height(leaf)
        ports = max(self.meeting(leaf, right=True), self.meeting(leaf, right=False))
        return max(LEAF_HEIGHT if "." in leaf else BLOCK_HEIGHT, text, PORT * (ports + 1))

    def leaf_lines(self, leaf: str) -> tuple[Text, ...]:
        """The title of a phase or parent; inside a parent without the words that repeat the parent."""
        title = titled(self.pathway, leaf)
        if "." in leaf:
            own = title.removeprefix(titled(self.pathway, leaf.split(".", maxsplit=1)[0]) + ", ")
            title = own[:1].upper() + own[1:]
        room = PHASE_WIDTH - 2 * PADDING if leaf in self.leaves else PHASE_WIDTH + FRAME
        return tuple(Text(each, bold=True) for each in wrapped(title, room, SIZE, bold=True))

    def notes_height(self, name: str) -> int:
        """The height of the notes inside a phase or parent."""
        return sum(self.note_height(each) + PADDING for each in self.notes if name in self.note_places(each))

    def note_places(self, note: TransitionForm) -> tuple[str, ...]:
        """The boxes in which a note stands."""
        return boxes_of(tuple(block for layer in self.bones.layers for block in layer), note.from_)

    def note_height(self, note: TransitionForm) -> int:
        """The height of a note's label."""
        return LINE * len(note_lines(note)) + PADDING

    def label_height(self, index: int) -> int:
        """The height of a label: its text, or its ports."""
        ends = [end for end in self.bones.ends if end.move == index]
        most = max(sum(end.right for end in ends), sum(not end.right for end in ends))
        return max(LINE * len(self.labels[index]) + 2 * PADDING - 4, PORT * (most + 1))

    def meeting(self, node: str, right: bool) -> int:
        """How many lines meet one side of a node."""
        ends = sum(end.node == node and end.right == right for end in self.bones.ends)
        return ends + (node == self.initial and not right)

    def inner_items(self, block: Block) -> list[tuple[str, int]]:
        """The labels inside a parent, and beside them gaps for lines that leave its leaves to the right."""
        moves = [("move", i) for i, inner in enumerate(self.bones.inner) if inner and self.bones.home(i) == block]
        gaps = [("gap", i) for i, end in enumerate(self.bones.ends) if self.outward(end) and end.node in block.leaves]
        return moves + gaps if moves else []

    def outward(self, end: End) -> bool:
        """Whether a line leaves its node to the right for a label outside."""
        return end.right and not self.bones.inner[end.move]

    def item_height(self, item: tuple[str, int]) -> int:
        """The height of a label or a gap."""
        return self.label_height(item[1]) if item[0] == "move" else PORT

    def item_wish(self, item: tuple[str, int]) -> int:
        """The height at which a label or gap would best stand: the mean of its leaves."""
        kind, index = item
        ends = [e for e in self.bones.ends if e.move == index] if kind == "move" else [self.bones.ends[index]]
        return sum(middle(self.node_y[end.node]) for end in ends) // len(ends)

    def wished(self, index: int) -> tuple[bool, int, int]:
        """The order of labels in a column: moves that lead on before moves that lead back, then by height."""
        ends = [end for end in self.bones.ends if end.move == index]
        back = any(end.enters_node and end.right for end in ends)
        return back, sum(middle(self.node_y[end.node]) for end in ends) // len(ends), index

    # Ports and lanes

    def ports(self) -> None:
        """Each line meets its node at a port of its own, in the order of what it leads to."""
        for node, (top, height) in self.node_y.items():
            block = self.bones.block_of(node)
            for right in (False, True):
                room = (top, height)
                if block.parent and node == block.name:
                    foot = self.footer(block)
                    room = (top, self.header(block)) if right else (top + height - foot, foot)
                ends = [i for i, end in enumerate(self.bones.ends) if end.node == node and end.right == right]
                wishes = [(self.far_y(self.bones.ends[i]), i) for i in ends]
                if node == self.initial and not right:
                    wishes.append((top + height // 2, -1))
                for index, y in spread(wishes, room).items():
                    if index < 0:
                        self.dot_y = y
                    else:
                        self.port_y["node", index] = y

    def far_y(self, end: End) -> int:
        """Roughly where a line goes: its lane, or the middle of its label."""
        if end.passes:
            return (100_000 + end.passes) * (1 if end.enters_node else -1)
        return middle(self.move_y[end.move])

    def lanes(self) -> None:
        """A lane for each line that passes over columns; the short ones nearest."""
        spans = [*self.node_y.values(), *self.move_y.values()]
        top, bottom = min((s[0] for s in spans), default=0), max((sum(s) for s in spans), default=0)
        passing = sorted((end.passes, i) for i, end in enumerate(self.bones.ends) if end.passes)
        for _, index in passing:
            if self.bones.ends[index].enters_node:
                bottom += LANE
                self.lane_y[index] = bottom
            else:
                top -= LANE
                self.lane_y[index] = top

    def label_ports(self) -> None:
        """Each line meets its label at a port of its own, straight across from its node where that can be."""
        for index, (top, height) in self.move_y.items():
            for right in (False, True):
                ends = [i for i, end in enumerate(self.bones.ends) if end.move == index and end.right == right]
                wishes = [(self.near_y(i), i) for i in ends]
                self.port_y |= {("label", i): y for i, y in spread(wishes, (top, height)).items()}

    def near_y(self, index: int) -> int:
        """The height at which a line reaches the strip beside its label."""
        return self.lane_y.get(index, self.slot_y.get(index, self.port_y["node", index]))

    # Across

    def passes(self, index: int) -> list[tuple[str, int, Pass]]:
        """The strips that a line passes, from its leftmost end, with the heights at both edges."""
        end = self.bones.ends[index]
        column, layer = self.bones.columns[end.move], self.bones.layer_of(end.node)
        node, label = self.port_y["node", index], self.port_y["label", index]
        if self.bones.inner[end.move]:
            return [("inner", layer, Pass(index, node, label))]
        if not end.right:
            return [("label", column, Pass(index, label, node))]
        strips = []
        if index in self.slot_y:
            strips.append(("inner", layer, Pass(index, node, self.slot_y[index])))
            node = self.slot_y[index]
        if end.passes:
            strips.append(("block", layer, Pass(index, node, self.lane_y[index])))
            node = self.lane_y[index]
        return [*strips, ("block", column - 1, Pass(index, node, label))]

    def zones(self) -> dict[tuple[str, int], Zone]:
        """Every strip of the drawing."""
        found: dict[tuple[str, int], list[Pass]] = {}
        for index in range(len(self.bones.ends)):
            for kind, layer, each in self.passes(index):
                found.setdefault((kind, layer), []).append(each)
        keys = [(kind, layer) for layer in range(len(self.bones.layers)) for kind in ("label", "inner", "block")]
        return {key: zone_of(found.get(key, [])) for key in keys}

    def across(self, zones: dict[tuple[str, int], Zone]) -> None:
        """The left edge of every column and strip."""
        self.label_x: dict[int, int] = {}
        self.block_x: dict[int, Span] = {}
        self.leaf_x: dict[int, int] = {}
        self.inner_x: dict[int, int] = {}
        self.zone_x: dict[tuple[str, int], int] = {}
        x = MARGIN
        for layer, blocks in enumerate(self.bones.layers):
            if any(at == layer and not inner for at, inner in zip(self.bones.columns, self.bones.inner, strict=True)):
                self.label_x[layer] = x
                self.zone_x["label", layer] = x + LABEL_WIDTH
                x += LABEL_WIDTH + zones["label", layer].width
            if any(self.initial in block.leaves for block in blocks):
                x += START
            x = self.across_blocks(layer, x, zones)
            self.zone_x["block", layer] = x
            x += zones["block", layer].width if layer + 1 < len(self.bones.layers) else MARGIN
        self.width = x

    def across_blocks(self, layer: int, x: int, zones: dict[tuple[str, int], Zone]) -> int:
        """The edges inside a layer of blocks; returns its right edge."""
        frame = FRAME if any(block.parent for block in self.bones.layers[layer]) else 0
        self.leaf_x[layer] = x + frame
        right = x + frame + PHASE_WIDTH
        if any(inner and at == layer for at, inner in zip(self.bones.columns, self.bones.inner, strict=True)):
            self.zone_x["inner", layer] = right
            self.inner_x[layer] = right + zones["inner", layer].width
            right = self.inner_x[layer] + LABEL_WIDTH
        right += frame
        self.block_x[layer] = (x, right - x)
        return right

    # Placed

    def placed(self, zones: dict[tuple[str, int], Zone]) -> Panel:
        """The panel, moved so that everything lies below its heading."""
        spans = [*self.node_y.values(), *self.move_y.values()]
        tops, bottoms = [s[0] for s in spans], [sum(s) for s in spans]
        lanes = list(self.lane_y.values())
        self.shift = HEADING + PADDING - min([*tops, *lanes], default=0)
        bottom = max([*bottoms, *lanes], default=0)
        shapes = [shape for layer in self.bones.layers for block in layer for shape in self.block_shapes(block)]
        shapes += [self.move_shape(index, move) for index, move in enumerate(self.bones.moves)]
        wires = [self.wire(index, end, zones) for index, end in enumerate(self.bones.ends)]
        dot = (self.node_box(self.initial).x - START + PADDING, self.dot_y + self.shift) if self.bones.layers else None
        title = titled(self.pathway, self.region)
        width = max(self.width, width_of(title, SIZE + 2, bold=True) + 2 * MARGIN)
        return Panel(title, width, bottom + self.shift + MARGIN, tuple(shapes), tuple(wires), dot)

    def node_box(self, node: str) -> Box:
        """Where a phase or parent stands."""
        block, layer = self.bones.block_of(node), self.bones.layer_of(node)
        top, height = self.node_y[node]
        if block.name == node:
            return Box(self.block_x[layer][0], top + self.shift, self.block_x[layer][1], height)
        return Box(self.leaf_x[layer], top + self.shift, PHASE_WIDTH, height)

    def block_shapes(self, block: Block) -> list[Shape]:
        """A parent before its leaves, each with its notes."""
        shapes = []
        for name in dict.fromkeys((block.name, *block.leaves)):
            box, notes = self.node_box(name), self.notes_height(name)
            parent = block.parent and name == block.name
            foot = self.footer(block) if parent else 0
            lines = self.leaf_lines(name)
            area = Box(box.x, box.y, box.width, self.header(block) if parent else box.height - notes)
            shapes.append(Shape("parent" if parent else "phase", name, box, area, lines, titled(self.pathway, name)))
            shapes += self.note_shapes(
                name, Box(box.x, box.bottom - notes - foot + (PADDING if parent else 0), box.width, notes)
            )
        return shapes

    def note_shapes(self, name: str, room: Box) -> list[Shape]:
        """The notes of a phase or parent, at its foot."""
        shapes, y = [], room.y
        for note in (each for each in self.notes if name in self.note_places(each)):
            box = Box(room.x + FRAME // 2, y, room.width - FRAME, self.note_height(note))
            tip = in_words(self.pathway, note)
            shapes.append(Shape("move", note.id, box, box, note_lines(note), tip, dashed=not note.by))
            y = box.bottom + PADDING
        return shapes

    def move_shape(self, index: int, move: Move) -> Shape:
        """The label of a move."""
        layer = self.bones.columns[index]
        x = self.inner_x[layer] if self.bones.inner[index] else self.label_x[layer]
        top, height = self.move_y[index]
        box = Box(x, top + self.shift, LABEL_WIDTH, height)
        tip = "\n".join(in_words(self.pathway, each) for each in move.transitions)
        return Shape("move", move.id, box, box, self.labels[index], tip, dashed=move.automatic)

    def wire(self, index: int, end: End, zones: dict[tuple[str, int], Zone]) -> Wire:
        """The line of one end, from left to right."""
        move, strips = self.bones.moves[end.move], self.passes(index)
        node, label = self.node_box(end.node), self.move_shape(end.move, move).box
        first, last = (node.right, label.x) if end.right else (label.right, node.x)
        points: list[Point] = [(first, strips[0][2].left)]
        for kind, layer, each in strips:
            if not each.straight:
                x = self.zone_x[kind, layer] + zones[kind, layer].tracks[index]
                points += [(x, each.left), (x, each.right)]
        points.append((last, strips[-1][2].right))
        both = end.leaves_node and end.enters_node
        at_node, at_label = end.enters_node, both
        heads = (at_node, at_label) if end.right else (at_label, at_node)
        tip = "\n".join(in_words(self.pathway, each) for each in end.transitions)
        shifted = tuple((x, y + self.shift) for x, y in points)
        return Wire(move.id, shifted, tip, move.automatic, *heads)


def move_name(pathway: Pathway, move: Move) -> str:
    """The words on a label: the title of its transition, or what the names of several share."""
    return named(pathway, move.transitions[0].name) if len(move.transitions) == 1 else move.name


def note_lines(note: TransitionForm) -> tuple[Text, ...]:
    """The lines of a note: a move that does not move."""
    room = PHASE_WIDTH - FRAME - PADDING
    head = wrapped(f"{note.id} {note.name.replace('_', ' ')}", room, SIZE, bold=True)
    rest = wrapped(f"{who(note.by)}, phase unchanged", room, SIZE)
    return tuple(Text(each, bold=True) for each in head) + tuple(Text(each) for each in rest)
