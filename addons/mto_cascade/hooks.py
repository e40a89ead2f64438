def uninstall_hook(env):
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
