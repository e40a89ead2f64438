from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED, REQUESTED

from .mto_pegging import LINE, MOVE

GROUP = "mto_pegging.group_serve_first"

# Documents of which a share can be given.
DOCUMENTS = ("mrp.production", "purchase.order", "stock.picking")

# What this transaction decides, see _get_decided_now.
DECIDED = "mto_pegging.decided"

GIVEN, KEPT = "given", "kept"
ACTIVE, DONE, CANCELLED, LIFTED = "active", "done", "cancelled", "lifted"


class MtoPegOverride(models.Model):
    """Somebody decided that this demand is served before all others.

    The only peg that is stored. Links say who may be served by what; this says who
    comes first, and for how much. It counts until the demand is done or cancelled.
    """

    _name = "mto.peg.override"
    _description = "Served First"
    _order = "id desc"
    _rec_name = "product_id"

    kind = fields.Selection(
        [(GIVEN, "Given by another"), (KEPT, "Kept for this order")],
        required=True,
        readonly=True,
        help="Given: another order had it. Kept: nobody can give it to another order.",
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    quantity = fields.Float(
        digits="Product Unit",
        required=True,
        readonly=True,
        help="In the product's unit.",
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    order_id = fields.Many2one(
        "mto.customer.order", "Served First", readonly=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    holder_order_id = fields.Many2one(
        "mto.customer.order", "Had It", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    create_uid = fields.Many2one("res.users", "Decided by", readonly=True)
    create_date = fields.Datetime("Decided on", readonly=True)
    # A demand that is split goes on in several moves.
    demand_ids = fields.Many2many(
        "stock.move", "mto_peg_override_demand_rel", readonly=True
    )
    supply_move_id = fields.Many2one(
        "stock.move", readonly=True, index="btree_not_null", ondelete="set null"
    )
    supply_line_id = fields.Many2one(
        "purchase.order.line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    document = fields.Char(compute="_compute_document", compute_sudo=True)
    held_quantity = fields.Float(
        readonly=True, help="What the demand had reserved before this was decided."
    )
    lifted_on = fields.Datetime(readonly=True)
    lifted_uid = fields.Many2one("res.users", "Lifted by", readonly=True)
    state = fields.Selection(
        [
            (ACTIVE, "Counts"),
            (DONE, "Served"),
            (CANCELLED, "Cancelled"),
            (LIFTED, "Lifted"),
        ],
        compute="_compute_state",
        search="_search_state",
        compute_sudo=True,
    )

    _positive = models.Constraint(
        "CHECK (quantity > 0)", "A quantity that is given must be above zero."
    )

    @api.depends("supply_move_id", "supply_line_id")
    def _compute_document(self):
        for override in self:
            move, line = override.supply_move_id, override.supply_line_id
            override.document = (
                move.production_id.name
                or move.reference
                or line.order_id.name
                or self.env._("Stock")
            )

    @api.depends("demand_ids.state", "lifted_on")
    def _compute_state(self):
        for override in self:
            states = set(override.demand_ids.mapped("state"))
            if override.lifted_on:
                override.state = LIFTED
            elif states - set(CLOSED):
                override.state = ACTIVE
            else:
                override.state = DONE if "done" in states else CANCELLED

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._get_state_domain(state) for state in value)

    @api.model
    def _get_state_domain(self, state):
        lifted = Domain("lifted_on", "!=", False)
        is_open = Domain("demand_ids", "any", [("state", "not in", CLOSED)])
        has_done = Domain("demand_ids", "any", [("state", "=", "done")])
        return {
            LIFTED: lifted,
            ACTIVE: ~lifted & is_open,
            DONE: ~lifted & ~is_open & has_done,
            CANCELLED: ~lifted & ~is_open & ~has_done,
        }.get(state, Domain.FALSE)

    # Authority

    @api.model
    def _check_may_decide(self):
        """Raise AccessError for who may not decide who is served first."""
        if not self.env.user.has_group(GROUP):
            raise AccessError(
                self.env._(
                    "You may not decide who is served first. Ask an administrator for "
                    "the access right “Decide Who Is Served First”."
                )
            )

    def action_lift(self):
        """End what was decided: from now on nobody comes first. Links stay."""
        self._check_may_decide()
        self.check_access("read")
        # Checked above; nobody writes what was decided in any other way.
        active = self.sudo().filtered(lambda override: override.state == ACTIVE)
        active.write({"lifted_on": fields.Datetime.now(), "lifted_uid": self.env.uid})
        active._follow()

    def action_open_order(self):
        """ "Supply of this order", of the order that is served first."""
        self.ensure_one()
        return self.order_id.action_open_supply()

    def _prepare_part(self):
        """What is told of it by ``apply_keep``."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product": self.product_id.display_name,
            "quantity": self.quantity,
            "uom": self.uom_id.name,
        }

    def _follow(self):
        """Whom documents serve has changed."""
        self.env["mto.demand.change"]._mark(MOVE, self.demand_ids.ids)

    # Kept in memory: where nothing was decided nothing is asked

    @api.model_create_multi
    def create(self, vals_list):
        overrides = super().create(vals_list)
        decided = self._get_decided_now()
        decided.update(overrides.product_id.ids)
        overrides._follow()
        return overrides

    @api.model
    def _get_decided_now(self):
        """Ids of the products that this transaction decides about.

        Everybody is told of them when it is over: until then nobody else can see it.
        """
        postcommit = self.env.cr.postcommit
        if DECIDED not in postcommit.data:
            postcommit.data[DECIDED] = set()
            postcommit.add(self._publish)
        return postcommit.data[DECIDED]

    def _publish(self):
        if self.env.cr.postcommit.data.pop(DECIDED, None):
            self.env.registry.clear_cache()

    @api.model
    @tools.ormcache()
    def _get_product_ids(self):
        """Products for which something was decided, at least."""
        rows = self.sudo()._read_group(
            self._get_state_domain(ACTIVE), ["product_id"], []
        )
        return frozenset(product.id for (product,) in rows)

    @api.model
    def _find(self, products):
        """What was decided about ``products`` and counts, the oldest first."""
        decided = self.env.cr.postcommit.data.get(DECIDED, ())
        known = self._get_product_ids()
        ids = [id_ for id_ in products._ids if id_ in known or id_ in decided]
        if not ids:
            return self.sudo().browse()
        return self.sudo().search(
            Domain("product_id", "in", ids) & self._get_state_domain(ACTIVE), order="id"
        )

    # How much is left to be given

    def _get_remaining(self):
        """Return {override: quantity that its demands have not reserved or taken}."""
        held = self.env["mto.pegging"].sudo()._get_held_quantities(self.demand_ids)
        result = {}
        for override in self:
            has = sum(held.get(move_id, 0.0) for move_id in override.demand_ids.ids)
            left = override.held_quantity + override.quantity - has
            result[override] = min(max(left, 0.0), override.quantity)
        return result

    def _get_open_demands(self):
        return self.demand_ids.filtered(lambda move: move.state not in CLOSED)

    @api.model
    def _get_given(self, moves):
        """What was decided about the demands ``moves``, as engines want to know it.

        :return: list of (move, keys of open supply in the order of preference,
            quantity), the oldest decision first
        """
        overrides = self._find(moves.product_id)
        if not overrides:
            return []
        known = set(moves.ids)
        given = []
        for override, left in overrides._get_remaining().items():
            for move in override._get_open_demands():
                if left > 0 and move.id in known:
                    given.append((move, override._get_supply_keys(move), left))
        return given

    def _get_supply_keys(self, move):
        """Open supply that is linked with the demand: what was given, then the rest.

        What was given may have been split, received in several steps or replaced.
        """
        self.ensure_one()
        origins = move.move_orig_ids.filtered(lambda m: m.state not in CLOSED)
        lines = move.created_purchase_line_ids.filtered(
            lambda line: line.state in REQUESTED
        )
        keys = {(MOVE, origin.id): self._is_given(origin) for origin in origins}
        keys |= {(LINE, line.id): line == self.supply_line_id for line in lines}
        return sorted(keys, key=lambda key: (not keys[key], key))

    def _is_given(self, move):
        return move == self.supply_move_id or bool(
            self.supply_line_id and move.purchase_line_id == self.supply_line_id
        )

    @api.model
    def _get_kept(self, moves):
        """Return {move: quantity of it that nobody may give to another order}."""
        kept = defaultdict(float)
        for override in self._find(moves.product_id):
            if override.kind == KEPT:
                for move in override.demand_ids & moves:
                    kept[move] += override.quantity
        return kept

    # Reserving

    @api.model
    def _reserve(self, products):
        """Reserve what was given, before anybody else is served with ``products``.

        As far as it has arrived. For demands of all transfers: goods that one of them
        was given would go to whoever asks first.
        """
        overrides = self._find(products)
        if not overrides:
            return
        overrides._get_open_demands()._claim_stock_in_use()
        for override, left in overrides._get_remaining().items():
            for move in override._get_open_demands():
                if move.product_id.uom_id.compare(left, 0) > 0:
                    left -= move._reserve_given(left, override)
