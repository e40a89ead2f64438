from . import (
    mrp_bom,
    mto_lead_structure,
    mto_open_order,
    product_category,
    product_template,
    sale_order_line,
    sale_order_preview,
)
