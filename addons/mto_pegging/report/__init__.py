from . import demand_tree
from . import order_changes
from . import order_supply
from . import order_supply_print
from . import portal_progress
