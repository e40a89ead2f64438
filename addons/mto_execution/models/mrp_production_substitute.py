from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .mto_component_substitution import APPROVE_GROUP

CLOSED = ("done", "cancel")


class MrpProduction(models.Model):
    """Another component than planned: from the list, or approved; always recorded."""

    _inherit = "mrp.production"

    substitution_ids = fields.One2many(
        "mto.component.substitution", "production_id", "Substitutions", readonly=True
    )

    def _substitute(self, planned, product, planned_quantity, quantity, reason):
        """Replace a component, or ask for it; returns the record.

        :param planned: the component, :param product: what takes its place
        :param planned_quantity: of the component, :param quantity: of the substitute,
            both in the unit of their product
        :raises odoo.exceptions.UserError: for what is not on the list, without a reason
        """
        self.ensure_one()
        self._check_workshop_access()
        is_listed = bool(self._get_listed(planned, product))
        if not is_listed and not (reason or "").strip():
            raise UserError(
                self.env._(
                    "%s is no approved substitute. Say why it is taken.",
                    product.display_name,
                )
            )
        may_replace = is_listed or self.env.user.has_group(APPROVE_GROUP)
        # Write access was checked; the trail is written by methods only.
        record = self.sudo()._record_substitution(
            planned, product, planned_quantity, quantity, reason, is_listed
        )
        if may_replace:
            record._decide("approved", self.env.uid)
            self._replace_component(planned, product, planned_quantity, quantity)
        else:
            record._ask_approval()
        return record.with_env(self.env)

    def _get_listed(self, planned, product):
        """The entry of the list of substitutes, empty where there is none."""
        moves = self.move_raw_ids.filtered(lambda move: move.product_id == planned)
        # Whoever works on the order need not see bills of materials.
        return moves.sudo().bom_line_id.substitute_ids.filtered(
            lambda substitute: substitute.product_id == product
        )[:1]

    def _record_substitution(
        self, planned, product, planned_quantity, quantity, reason, is_listed
    ):
        planned = planned.sudo().with_company(self.company_id)
        product = product.sudo().with_company(self.company_id)
        return self.env["mto.component.substitution"].create(
            {
                "production_id": self.id,
                "planned_product_id": planned.id,
                "product_id": product.id,
                "planned_quantity": planned_quantity,
                "quantity": quantity,
                "planned_cost": planned_quantity * planned.standard_price,
                "cost": quantity * product.standard_price,
                "is_listed": is_listed,
                "reason": reason,
                "state": "requested",
                "requested_by_id": self.env.uid,
            }
        )

    def _replace_component(self, planned, product, planned_quantity, quantity):
        """Take ``planned_quantity`` off the moves of ``planned``, add the other."""
        self._freeze_plans()
        moves = self.move_raw_ids.filtered(
            lambda move: move.product_id == planned and move.state not in CLOSED
        )
        there = sum(move._to_product_uom(move.product_uom_qty) for move in moves)
        if planned and planned_quantity > there + 1e-6:
            raise UserError(
                self.env._(
                    "Less of %s is left to replace. Look again.", planned.display_name
                )
            )
        left = planned_quantity
        for move in moves:
            taken = min(left, move._to_product_uom(move.product_uom_qty))
            left -= taken
            move._take_off(taken)
        if quantity:
            self._add_component(product, quantity)

    def _add_component(self, product, quantity):
        values = self._get_move_raw_values(product, quantity, product.uom_id)
        move = self.env["stock.move"].create(values)
        move._action_confirm(merge=False)
        move._action_assign()

    # What nobody approved

    def _get_unapproved(self):
        """Components that neither plan, bill of materials nor substitutions know."""
        self.ensure_one()
        known = self.plan_ids.line_ids.product_id
        if not known:
            known = self.move_raw_ids.bom_line_id.product_id
        approved = self.substitution_ids.filtered(lambda s: s.state == "approved")
        known |= self.move_raw_ids.bom_line_id.product_id | approved.product_id
        moves = self.move_raw_ids.filtered(
            lambda move: move.state not in CLOSED
            and move.picked
            and move.quantity > 0
            and move.product_id not in known
        )
        return moves.product_id

    def _refuse_unapproved(self):
        """Raise for components that need an approval, where the company wants one."""
        for production in self.sudo():
            if not production.company_id.substitute_approval_required:
                continue
            products = production._get_unapproved()
            if products:
                raise UserError(
                    self.env._(
                        "%(order)s: nobody approved %(products)s. Take an approved "
                        "substitute (Replace on the component), or have it approved "
                        "(Approve Components).",
                        order=production.name,
                        products=", ".join(products.mapped("display_name")),
                    )
                )

    def action_approve_components(self, reason):
        """Approve components that neither plan nor substitutes know, with a reason.

        Needs the group *Approve Substitutes*.

        :param str reason: why, in words
        :return: True
        :raises odoo.exceptions.AccessError: without the group
        :raises odoo.exceptions.UserError: without a reason
        """
        self._check_workshop_access()
        if not self.env.user.has_group(APPROVE_GROUP):
            raise AccessError(
                self.env._(
                    'Only people of the group "Approve Substitutes" decide about this.'
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why other components are taken."))
        nothing = self.env["product.product"]
        for production in self:
            for product in production.sudo()._get_unapproved():
                moves = production.move_raw_ids.filtered(
                    lambda move, product=product: move.product_id == product
                )
                quantity = sum(move._to_product_uom(move.quantity) for move in moves)
                # Checked above; the trail is written by methods only.
                production.sudo()._record_substitution(
                    nothing, product, 0.0, quantity, reason, False
                )._decide("approved", self.env.uid)
        return True

    def action_open_approve_components(self):
        """Ask why other components are taken."""
        return self.env["mto.production.ask"]._open(
            self, "components", self.env._("Approve Components")
        )

    def action_view_substitutions(self):
        """What took the place of components of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Substitutions"),
            "res_model": "mto.component.substitution",
            "views": [(False, "list")],
            "domain": [("production_id", "=", self.id)],
        }
