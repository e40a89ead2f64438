from . import (
    mto_open_order,
    mto_promise,
    mto_promise_calendar,
    mto_promise_operation,
    mto_promise_structure,
    mto_promise_words,
    res_partner,
    sale_order_line,
    sale_order_line_promise,
)
