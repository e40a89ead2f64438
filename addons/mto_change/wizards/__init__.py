from . import change_production_qty
from . import sale_order_change
