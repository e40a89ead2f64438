from . import sale_order_change
