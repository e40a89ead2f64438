from . import order_supply
