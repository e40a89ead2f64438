from . import (
    mto_pegging,
    mto_supply_snapshot,
    mto_demand,
    mrp_production,
    purchase_order,
    purchase_order_line,
    res_company,
    sale_order,
    sale_order_history,
    stock_picking,
)
