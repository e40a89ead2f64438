from . import mto_supply_resolver
from . import product_product
from . import purchase_order_line
from . import sale_order_line
