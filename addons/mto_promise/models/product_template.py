from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    target_wait_days = fields.Integer(
        "Target Wait",
        company_dependent=True,
        help="Days that a customer should wait at most. 0: as the category says.",
    )
    wait_message = fields.Char(
        "Customer's Wait",
        compute="_compute_wait_message",
        help="How long a customer waits when nothing happens to be in stock, as the "
        "lead times are set, and what decides it.",
    )
    is_wait_over_target = fields.Boolean(
        compute="_compute_wait_message",
        search="_search_is_wait_over_target",
        help="The lead times are longer than the target wait.",
    )
    lead_time_review_target = fields.Integer(
        "Reviewed Target Wait",
        company_dependent=True,
        readonly=True,
        copy=False,
        help="The target wait in days when the lead times were reviewed.",
    )

    @api.constrains("target_wait_days")
    def _check_target_wait_days(self):
        if any(template.target_wait_days < 0 for template in self):
            raise ValidationError(
                self.env._("The target wait cannot be negative: enter 0 days or more.")
            )

    @api.depends("target_wait_days", "categ_id.target_wait_days", "supply_policy")
    @api.depends_context("company", "lang", "warehouse_id")
    def _compute_wait_message(self):
        answers = self._origin._get_waits()
        targets = self._get_target_waits()
        for template in self:
            answer = answers.get(template._origin)
            target = targets[template]
            template.is_wait_over_target = bool(
                answer and target and answer["days"] > target
            )
            template.wait_message = answer and template._tell_wait(answer, target)

    def _search_is_wait_over_target(self, operator, value):
        if operator != "in":
            return NotImplemented
        templates = self._search_with_target()
        answers, targets = templates._get_waits(), templates._get_target_waits()
        late = [
            template.id
            for template, answer in answers.items()
            if answer["days"] > targets[template]
        ]
        return [("id", "in" if True in value else "not in", late)]

    def _search_with_target(self):
        """Products that are sold and should not be waited for longer than a target."""
        categories = self.env["product.category"].search([("target_wait_days", ">", 0)])
        return self.search(
            [
                ("type", "=", "consu"),
                ("sale_ok", "=", True),
                ("company_id", "in", (False, self.env.company.id)),
                "|",
                ("target_wait_days", ">", 0),
                ("categ_id", "child_of", categories.ids),
            ]
        )

    def _get_target_waits(self):
        """Return {template: days a customer should wait at most, 0 for no target}."""
        inherited = self.categ_id._get_target_waits()
        return {
            template: template.target_wait_days or inherited.get(template.categ_id, 0)
            for template in self
        }

    def _get_waits(self, warehouse=None):
        """Return {template: ``days``, ``limiting``, ``limiting_days``}.

        Of the first variant. ``days``: from an order to the delivery when nothing
        happens to be in stock. ``limiting``: the last part that is waited for, a
        product, ``limiting_days`` its own. Templates without goods or variants are left
        out.
        """
        # Vendors and bills of materials are not for everybody who reads a product;
        # days and a name are told.
        products = self.sudo().product_variant_id
        warehouse = (warehouse or products._get_supply_warehouse()).sudo()
        if not products or not warehouse:
            return {}
        lead = (
            self.env["mto.lead.structure"]
            .sudo()
            ._get_structure(products, warehouse, demands={})
        )
        waits = lead.structure.get_waits()
        return {
            self.browse(product.product_tmpl_id.id): self._prepare_wait(
                lead, root, waits
            )
            for product, root in lead.roots.items()
        }

    def _prepare_wait(self, lead, root, waits):
        path = lead.structure.get_clock_path(root, waits)
        last = path[-1] if path else root
        Product = self.env["product.product"].sudo()
        return {
            "days": waits[root],
            "limiting": Product.browse(lead.items[last].product_id),
            "limiting_days": lead.structure.nodes[last].days,
        }

    def _tell_wait(self, answer, target):
        """'32 days, 12 more than the target of 20: Brake kit alone takes 21 days.'"""
        self.ensure_one()
        part = answer["limiting"].with_context(display_default_code=False)
        tell_days = self.env["mto.promise"]._tell_days
        days = tell_days(round(answer["days"]))
        values = {
            "days": days,
            "target": target,
            "over": round(answer["days"] - target),
            "part": part.display_name,
            "own": tell_days(round(answer["limiting_days"])),
        }
        if target and answer["days"] > target:
            return self.env._(
                "%(days)s, %(over)s more than the target of %(target)s: "
                "%(part)s alone takes %(own)s.",
                **values,
            )
        if target:
            return self.env._("%(days)s, within the target of %(target)s.", **values)
        return days

    # The review of lead times

    def _write_lead_time_review(self):
        """Write the target as well that the lead times were reviewed for."""
        res = super()._write_lead_time_review()
        for target, templates in _group_by_value(self._get_target_waits()).items():
            self.browse(templates).write({"lead_time_review_target": target})
        return res

    def _get_lead_time_review(self):
        told = super()._get_lead_time_review()
        target = self._get_target_waits()[self]
        if not self.lead_time_review_date or self.lead_time_review_target == target:
            return told
        return self.env._(
            "%(review)s The target wait was %(reviewed)s days then and is %(now)s days "
            "now: review again.",
            review=told,
            reviewed=self.lead_time_review_target,
            now=target,
        )

    def action_review_lead_times(self):
        """Write on the products that their lead times were reviewed today, by whom.

        :raises odoo.exceptions.AccessError: for who may not change products
        """
        self.check_access("write")
        self._write_lead_time_review()
        return True

    # Screens

    def action_open_customer_clock(self):
        """Open what a customer waits for and what is buffered, level by level."""
        return {
            **self.env["ir.actions.client"]._for_xml_id(
                "mto_promise.customer_clock_action"
            ),
            "context": {"active_ids": self.product_variant_ids[:1].ids},
        }

    def action_decide_stocking(self):
        """Open the choice of parts to stock for these products."""
        return self.env["mto.stock.decision"]._open_for(self.product_variant_ids)


def _group_by_value(values):
    groups = {}
    for template, value in values.items():
        groups.setdefault(value, []).append(template.id)
    return groups
