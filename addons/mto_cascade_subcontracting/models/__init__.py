from . import mrp_production
from . import mto_supply_resolver
from . import product_product
from . import purchase_order_line
from . import stock_move
from . import stock_picking
