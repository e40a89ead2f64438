from . import mto_supply_preview
from . import supply_tree
