from . import (
    mto_open_order,
    sale_order_line,
)
