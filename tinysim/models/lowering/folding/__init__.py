"""What cannot matter is folded: a channel that is one number for every input goes into the bias of
its readers, one that nothing wants goes, and so does a layer that changes nothing.
"""

from ...network import Graph
from .cut import cut
from .identities import without_identities
from .needs import Needs
from .view import view_of


def fold(graph: Graph) -> Graph:
    """The same graph with less to do; every output has the same bytes for every input."""
    view = view_of(graph)
    shorter = without_identities(view)
    return cut(Needs(view if shorter is graph else view_of(shorter)))


__all__ = ["fold"]
