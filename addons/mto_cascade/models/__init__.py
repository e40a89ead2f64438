from . import mrp_production
from . import product_category
from . import product_product
from . import product_template
from . import sale_order_line
from . import stock_move
from . import stock_rule
