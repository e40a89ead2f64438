from . import supply_tree
