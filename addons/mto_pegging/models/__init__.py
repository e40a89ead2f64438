from . import (
    mto_pegging,
    mto_demand,
    mrp_production,
    purchase_order,
    purchase_order_line,
    res_company,
    sale_order,
    stock_picking,
)
