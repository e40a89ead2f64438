from collections import defaultdict

from markupsafe import escape

from odoo import api, models
from odoo.fields import Command

from ..cascade import current, write_links

# Where notes on what changed are collected, and how core posts them.
TRACKED = "mto_batch_confirm.tracked"
TRACKED_KEYS = {"body", "author_id", "subtype_id", "tracking_value_ids"}


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    @api.model
    def search(self, domain, offset=0, limit=None, order=None):
        """Find the order that a demand enlarges: it has been found already."""
        cascade = current(self.env)
        if cascade and cascade.enlarged and ("id", "=", cascade.enlarged) in domain:
            return self.browse(cascade.enlarged)
        return super().search(domain, offset, limit, order)

    # -- numbers

    @api.model_create_multi
    def create(self, vals_list):
        cascade = current(self.env)
        if cascade and cascade.creating is not None:
            self._number_at_once(vals_list)
        return super().create(vals_list)

    def _number_at_once(self, vals_list):
        """Give new orders their names and groups; core does it order by order."""
        new = [vals for vals in vals_list if not vals.get("name")]
        by_type = defaultdict(list)
        for vals in new:
            by_type[vals.get("picking_type_id")].append(vals)
        for type_id, found in by_type.items():
            sequence = self.env["stock.picking.type"].browse(type_id).sequence_id
            names = sequence._next_many(len(found)) if sequence else []
            for vals, name in zip(found, names, strict=False):
                vals["name"] = name
        named = [
            vals
            for vals in vals_list
            if vals.get("name") and not vals.get("production_group_id")
        ]
        groups = self.env["mrp.production.group"].create(
            [{"name": vals["name"]} for vals in named]
        )
        for vals, group in zip(named, groups, strict=True):
            vals["production_group_id"] = group.id

    def _create(self, data_list):
        """Let what is computed wait until all of the order is there."""
        cascade = current(self.env)
        if not cascade or cascade.creating is None:
            return super()._create(data_list)
        cascade.inserting = True
        try:
            return super()._create(data_list)
        finally:
            cascade.inserting = False

    # -- what is said about them

    def _post_run_manufacture(self, post_production_values):
        cascade = current(self.env)
        if not cascade or cascade.creating is None:
            return super()._post_run_manufacture(post_production_values)
        parents = []
        for number, (production, procurement) in enumerate(
            zip(self, post_production_values, strict=True)
        ):
            rank = cascade.creating[id(procurement.values)]
            cascade.add_order(production, (*rank, number))
            cascade.tell_later(production, procurement, rank)
            if group_id := procurement.values.get("production_group_id"):
                parents.append(
                    (production.production_group_id, [Command.link(group_id)])
                )
        # Core finds them linked then, one by one.
        write_links(self.env["mrp.production.group"], "parent_ids", parents)
        return True

    def message_post(self, **kwargs):
        cascade = current(self.env)
        if (
            cascade
            and cascade.posts is not None
            and kwargs.keys() == {"body", "message_type", "subtype_id"}
        ):
            cascade.posts.append((self, kwargs))
            return self.env["mail.message"]
        tracked = self.env.cr.precommit.data.get(TRACKED)
        if tracked is not None and kwargs.keys() == TRACKED_KEYS:
            if not kwargs["author_id"]:
                tracked.append((self, kwargs))
                return self.env["mail.message"]
        return super().message_post(**kwargs)

    def _message_track(self, fields_iter, initial_values_dict):
        """Tell what changed of many orders, as when they are cancelled, at once."""
        data = self.env.cr.precommit.data
        if len(self) < 2 or TRACKED in data:
            return super()._message_track(fields_iter, initial_values_dict)
        posts = data[TRACKED] = []
        try:
            res = super()._message_track(fields_iter, initial_values_dict)
        finally:
            del data[TRACKED]
        self._post_at_once(posts)
        return res

    def _post_at_once(self, posts):
        """Post notes that nobody is told of; those that somebody is, in core's way.

        The values are those of core's `message_post`, looked up for all orders.
        """
        if not posts:
            return
        self = self._fallback_lang()
        followed = self._read_followed()
        author_id, email_from = self._message_compute_author()
        addresses = self.sudo()._mail_get_alias_domains(
            default_company=self.env.company
        )
        companies = self._mail_get_companies(default=self.env.company)
        reply_to = self._notify_get_reply_to(default=email_from, author_id=author_id)
        parents = self._read_first_messages()
        values, tracking = [], []
        for production, post in posts:
            if production.id in followed:
                production.message_post(**post)
                continue
            tracking.append(post.get("tracking_value_ids") or ())
            values.append(
                {
                    "email_add_signature": True,
                    "author_id": author_id,
                    "author_guest_id": False,
                    "email_from": email_from,
                    "model": self._name,
                    "res_id": production.id,
                    "body": escape(post["body"]),
                    "message_type": post.get("message_type", "notification"),
                    "parent_id": parents.get(production.id, False),
                    "subject": False,
                    "subtype_id": post["subtype_id"],
                    "partner_ids": [],
                    "incoming_email_to": False,
                    "incoming_email_cc": False,
                    "outgoing_email_to": False,
                    "record_alias_domain_id": addresses[production.id].id,
                    "record_company_id": companies[production.id].id,
                    "reply_to": reply_to[production.id],
                    "attachment_ids": [],
                }
            )
        messages = self._message_create(values)
        # Core creates those of each message on their own.
        self.env["mail.tracking.value"].sudo().create(
            [
                {**values, "mail_message_id": message.id}
                for message, commands in zip(messages, tracking, strict=True)
                for _command, _id, values in commands
            ]
        )

    def _read_followed(self):
        """Return the ids of the orders that somebody follows."""
        groups = (
            self.env["mail.followers"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
            )
        )
        return {res_id for [res_id] in groups}

    def _read_first_messages(self):
        """Return {order id: id of the message that a note answers}."""
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("res_id", "in", self.ids),
                    ("model", "=", self._name),
                    ("message_type", "!=", "user_notification"),
                ]
            )
        )
        ordered = messages.sorted(
            lambda message: (
                message.message_type in ("comment", "email"),
                message.date or message.create_date,
                message.id,
            )
        )
        return {message.res_id: message.id for message in ordered}

    # -- the lines of new orders, all at once

    def _filter_without(self, field):
        """Orders in creation that have no lines of this field yet, and will get some.

        Core makes the lines of each order on its own, while it computes the field.
        """
        cascade = current(self.env)
        if not cascade or cascade.creating is None:
            return self.browse()
        if cascade.inserting:
            # Not yet: the links that the lines take over are written last.
            self.env.add_to_compute(self._fields[field], self)
            return self
        made = cascade.made.setdefault(field, set())
        found = self.filtered(
            lambda production: (
                isinstance(production.id, int)
                and production.id not in made
                and production.state == "draft"
                and production.bom_id
                and production.product_id
                and production.product_qty > 0
            )
        )
        made.update(found.ids)
        return found

    def _is_inserting(self):
        cascade = current(self.env)
        return bool(cascade and cascade.inserting)

    def _filter_made(self, field):
        """Orders in creation that have got their lines of this field already."""
        cascade = current(self.env)
        if not cascade or cascade.creating is None:
            return self.browse()
        made = cascade.made.get(field, ())
        return self.filtered(lambda production: production.id in made)

    def _compute_move_raw_ids(self):
        new = self._filter_without("move_raw_ids")
        if rest := self - new - self._filter_made("move_raw_ids"):
            super(MrpProduction, rest)._compute_move_raw_ids()
        if new and not self._is_inserting():
            self.env["stock.move"].create(new._get_moves_raw_values())

    def _compute_move_finished_ids(self):
        new = self._filter_without("move_finished_ids")
        made = self._filter_made("move_finished_ids") - new
        if rest := self - new - made:
            super(MrpProduction, rest)._compute_move_finished_ids()
        if new and not self._is_inserting():
            # The work orders decide when an order is finished.
            new.workorder_ids.mapped("duration_expected")
            values = []
            for production in new:
                values += production._get_moves_finished_values()
            self.env["stock.move"].create(values)
        if made:
            made._date_finished_moves()

    def _date_finished_moves(self):
        """Give the products of new orders another date; core makes them anew."""
        for production in self:
            dates = {
                "date": production.date_finished,
                "date_deadline": production.date_deadline,
            }
            moves = production.move_finished_ids.filtered(
                lambda move, dates=dates: any(
                    move[name] != date for name, date in dates.items()
                )
            )
            if moves:
                moves.write(dates)

    def _compute_workorder_ids(self):
        new = self._filter_without("workorder_ids")
        if rest := self - new - self._filter_made("workorder_ids"):
            super(MrpProduction, rest)._compute_workorder_ids()
        if new and not self._is_inserting():
            values = []
            for production in new:
                values += production._prepare_workorders()
            self.env["mrp.workorder"].create(values)

    def _prepare_workorders(self):
        """Return the values of the work orders of a new order.

        As core's `_compute_workorder_ids`, which has no method for them.
        """
        self.ensure_one()
        bom = self.bom_id
        never = self.never_product_template_attribute_value_ids
        quantity = self.product_uom_id._compute_quantity(
            self.product_qty, bom.product_uom_id
        )
        exploded, _lines = bom.explode(
            self.product_id,
            quantity / bom.product_qty,
            picking_type=bom.picking_type_id,
            never_attribute_values=never,
        )
        values = []
        for part, data in exploded:
            parent = data["parent_line"]
            if parent and parent.bom_id.operation_ids == part.operation_ids:
                continue
            product = parent.product_id if parent else data["product"]
            values += [
                {
                    "name": operation.name,
                    "production_id": self.id,
                    "workcenter_id": operation.workcenter_id.id,
                    "product_uom_id": self.product_uom_id.id,
                    "operation_id": operation.id,
                    "state": "ready",
                }
                for operation in part.operation_ids
                if not operation._skip_operation_line(product, never)
            ]
        return values

    def _link_workorders_at_once(self):
        """Do for new orders what `_link_workorders_and_moves` does for each."""
        links = []
        for dependent, orders in self.grouped(
            lambda production: production.bom_id.allow_operation_dependencies
        ).items():
            orders.allow_workorder_dependencies = dependent
        for production in self:
            links += production._get_workorder_links()
        write_links(self.env["mrp.workorder"], "blocked_by_workorder_ids", links)
        moves = (self.move_raw_ids | self.move_finished_ids).filtered("operation_id")
        by_operation = {
            (order.production_id, order.operation_id): order
            for order in self.workorder_ids
        }
        for workorder, found in moves.grouped(
            lambda move: by_operation.get(
                (
                    move.raw_material_production_id or move.production_id,
                    move.operation_id,
                ),
                self.env["mrp.workorder"],
            )
        ).items():
            found.write({"workorder_id": workorder.id})

    def _get_workorder_links(self):
        """Return [(work order, links to those it waits for)]."""
        self.ensure_one()
        orders = self.workorder_ids.sorted(lambda order: (order.sequence, order.id))
        if not self.allow_workorder_dependencies:
            return [
                (order, [Command.link(before.id)])
                for before, order in zip(orders, orders[1:], strict=False)
            ]
        by_operation = {order.operation_id: order for order in self.workorder_ids}
        return [
            (
                order,
                [
                    Command.link(by_operation[operation].id)
                    for operation in order.operation_id.blocked_by_operation_ids
                    if operation in by_operation
                ],
            )
            for order in orders
        ]
