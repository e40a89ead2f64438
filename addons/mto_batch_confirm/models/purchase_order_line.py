from odoo import models

from ..cascade import current


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def write(self, vals):
        """Wait, while a round of purchases adds to lines."""
        cascade = current(self.env)
        if (
            cascade
            and cascade.grown_lines is not None
            and len(self) == 1
            and "product_qty" in vals
            and _is_plain(vals)
        ):
            cascade.grown_lines[self.id] = (self, dict(vals))
            return True
        return super().write(vals)

    def _find_candidate(self, *args, **kwargs):
        """Write what waits before more is added: core adds to what it reads.

        An order that asks for a product in two units adds twice to one line.
        """
        cascade = current(self.env)
        if cascade and cascade.grown_lines:
            found = cascade.grown_lines.keys() & set(self.ids)
            grown = [cascade.grown_lines.pop(id_) for id_ in found]
            with cascade.writing():
                for line, vals in grown:
                    line.write(vals)
        return super()._find_candidate(*args, **kwargs)


def _is_plain(vals):
    """Whether there are only links to demands, and values that can be compared."""
    return "move_dest_ids" in vals and all(
        isinstance(value, (int, float, str, bool, type(None)))
        for name, value in vals.items()
        if name != "move_dest_ids"
    )
