from . import change_production_qty
from . import mrp_bom_change
from . import purchase_order_other_vendor
from . import sale_order_change
