from . import (
    mto_pegging,
    mto_expected_supply,
    mto_demand,
    mrp_production,
    purchase_order,
    purchase_order_line,
    sale_order,
    stock_picking,
)
