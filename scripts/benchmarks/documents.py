"""What orders have led to, to see that two sides did the same work."""


def documents(env):
    """Return what is in a database that holds nothing but the measured order.

    Numbers of documents, and the quantities made and bought per product.
    """
    open_orders = [("state", "!=", "cancel")]
    return {
        "manufacturing orders": env["mrp.production"].search_count(open_orders),
        "work orders": env["mrp.workorder"].search_count(open_orders),
        "moves": env["stock.move"].search_count(open_orders),
        "purchase orders": env["purchase.order"].search_count(open_orders),
        "purchase lines": env["purchase.order.line"].search_count(open_orders),
        "made": _quantities(env["mrp.production"], "product_qty"),
        "bought": _quantities(env["purchase.order.line"], "product_qty"),
    }


def _quantities(model, quantity):
    groups = model._read_group(
        [("state", "!=", "cancel")], ["product_id"], [f"{quantity}:sum"]
    )
    return {product.name: total for product, total in groups}


def differences(ours, against):
    """Return lines that say where two results of `documents` differ."""
    lines = []
    for name in sorted({*ours, *against}):
        left, right = ours.get(name), against.get(name)
        if isinstance(left, dict) and isinstance(right, dict):
            keys = sorted({*left, *right})
            unequal = [key for key in keys if left.get(key) != right.get(key)]
            lines += [
                f"{name} {key}: {left.get(key, 0):g}, against {right.get(key, 0):g}"
                for key in unequal[:5]
            ]
            if len(unequal) > 5:
                lines.append(f"{name}: {len(unequal) - 5} more products differ")
        elif left != right:
            lines.append(f"{name}: {left}, against {right}")
    return lines


def summary(facts):
    """Return the numbers of documents in one line."""
    counts = [
        f"{value} {name}" for name, value in facts.items() if isinstance(value, int)
    ]
    if "bought" in facts:
        counts.append(f"{sum(facts['bought'].values()):g} pieces bought")
    return ", ".join(counts)
