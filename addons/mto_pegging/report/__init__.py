from . import demand_tree
from . import order_changes
from . import order_progress
from . import order_supply
from . import order_supply_print
