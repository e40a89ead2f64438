def uninstall_hook(env):
    """Leave what core can go on with alone."""
    _leave_moves(env)
    _leave_waiting_orders(env)


def _leave_waiting_orders(env):
    """Say on orders with something that waits that nobody orders it any more.

    Starting them all would flood the factory; core orders for a line when its quantity
    changes.
    """
    orders = env["sale.order"].search(
        [
            "|",
            ("is_waiting_for_start", "=", True),
            ("has_lines_to_engineer", "=", True),
        ]
    )
    text = env._(
        "Waited to be started or engineered when Make to Order Cascade was "
        "uninstalled. Nothing is ordered for the lines that wait: cancel the order, "
        "set it to quotation and confirm it again."
    )
    orders._message_log_batch(dict.fromkeys(orders.ids, text))
    types = env["mail.activity.type"]
    for name in ("start", "engineer"):
        xmlid = f"mto_cascade.mail_activity_type_{name}"
        types |= env.ref(xmlid, raise_if_not_found=False) or types
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", types.ids)]).unlink()


def _leave_moves(env):
    """Leave moves that core can serve alone.

    Core reserves a linked demand out of its links only. A demand that uses stock first
    and is linked for its missing part becomes a plain demand on stock.
    """
    moves = env["stock.move"].search(
        [
            ("supply_policy", "=", "stock_then_order"),
            ("state", "not in", ("done", "cancel")),
            ("move_orig_ids", "!=", False),
        ]
    )
    partly = moves.filtered(lambda move: move._may_be_stranded())
    partly.write({"move_orig_ids": [(5,)], "created_purchase_line_ids": [(5,)]})
    partly._recompute_state()
