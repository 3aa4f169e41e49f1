"""The skeleton of a region's drawing: blocks in layers, and the lines that join labels and phases."""

import msgspec

from pathway.definition.draw.moves import Block, Move, blocks_of, moves_of
from pathway.definition.form import PathwayForm, TransitionForm


class End(msgspec.Struct, frozen=True):
    """The line between the label of a move and one phase or parent; `layers` is how many columns it passes over."""

    move: int
    node: str
    leaves_node: bool
    enters_node: bool
    right: bool
    passes: int
    transitions: tuple[TransitionForm, ...]


class Skeleton(msgspec.Struct, frozen=True):
    """Blocks by layer, moves with the layer their label stands before, and the ends of all moves."""

    layers: tuple[tuple[Block, ...], ...]
    moves: tuple[Move, ...]
    columns: tuple[int, ...]
    inner: tuple[bool, ...]
    ends: tuple[End, ...]

    def block_of(self, node: str) -> Block:
        """The block that a leaf or block name belongs to."""
        return next(block for layer in self.layers for block in layer if node == block.name or node in block.leaves)

    def layer_of(self, node: str) -> int:
        """The layer of a leaf or block."""
        block = self.block_of(node)
        return next(index for index, layer in enumerate(self.layers) if block in layer)

    def home(self, move: int) -> Block:
        """The block inside which an inner move stands."""
        return self.block_of(self.moves[move].ends[0])


def skeleton(form: PathwayForm, region: str) -> Skeleton:
    """The skeleton of one region."""
    blocks = blocks_of(form.regions[region])
    moves = moves_of(form, region)
    block = {name: each for each in blocks for name in (each.name, *each.leaves)}
    links = [(block[start], block[end]) for move in moves for start in move.starts for end in move.ends]
    depth = depths(blocks, links)
    layers = tuple(
        tuple(each for each in blocks if depth[each.name] == layer)
        for layer in range(max(depth.values(), default=-1) + 1)
    )
    columns = tuple(max(depth[block[name].name] for name in (*move.starts, *move.ends)) for move in moves)
    inner = tuple(is_inner(block, move) for move in moves)
    at = {name: depth[each.name] for name, each in block.items()}
    ends = tuple(
        end
        for index, move in enumerate(moves)
        for end in ends_of(index, inside(block, move) if inner[index] else move, inner[index], columns[index], at)
    )
    return Skeleton(layers, moves, columns, inner, ends)


def depths(blocks: tuple[Block, ...], links: list[tuple[Block, Block]]) -> dict[str, int]:
    """The layer of each block: one after the last block that leads to it. Moves back, by the order of the file,
    do not count.
    """
    depth: dict[str, int] = {}
    for block in blocks:
        before = [depth[start.name] + 1 for start, end in links if end == block and start.name in depth]
        depth[block.name] = max(before, default=0)
    return depth


def is_inner(block: dict[str, Block], move: Move) -> bool:
    """Whether a move stays inside one parent."""
    homes = {block[name].name for name in (*move.starts, *move.ends)}
    return len(homes) == 1 and block[move.ends[0]].parent


def inside(block: dict[str, Block], move: Move) -> Move:
    """An inner move that begins at its parent begins at the leaves it does not lead to."""
    starts: dict[str, None] = {}
    for name in move.starts:
        whole = name == block[name].name
        starts.update(
            dict.fromkeys(leaf for leaf in block[name].leaves if leaf not in move.ends) if whole else {name: None}
        )
    return msgspec.structs.replace(move, starts=tuple(starts))


def ends_of(index: int, move: Move, inner: bool, column: int, layers: dict[str, int]) -> list[End]:
    """The lines of one label, phases in the order of the move. `layers` gives the layer of each leaf and block."""
    found = []
    for node in dict.fromkeys((*move.starts, *move.ends)):
        into = tuple(each for each in move.transitions if each.to == node)
        right = inner or layers[node] < column
        passes = 0 if inner else max(0, column - 1 - layers[node])
        found.append(End(index, node, node in move.starts, bool(into), right, passes, into or move.transitions))
    return found
