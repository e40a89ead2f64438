from . import portal
from . import specification
from . import supply_tree
