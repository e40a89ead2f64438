from . import demand_tree
from . import order_supply
