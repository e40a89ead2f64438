from odoo import api, models


class MtoWaitingActivity(models.AbstractModel):
    """Tells those who start orders and engineer lines what waits for them.

    One activity on the order for its start, one for each line to be engineered, on its
    product: an engineer without sales rights cannot open an order. They follow owner
    and date, and go when nothing waits any more. No mail is sent.
    """

    _name = "mto.waiting.activity"
    _description = "Activities for What Waits"

    @api.model
    def _sync_start(self, orders):
        """Give each order that waits its activity, take it from the others."""
        kind = orders and self._get_type("start")
        if not kind:
            return
        found = (
            self._get_activities()
            .search(
                [
                    ("res_model", "=", orders._name),
                    ("res_id", "in", orders.ids),
                    ("activity_type_id", "=", kind.id),
                ]
            )
            .grouped("res_id")
        )
        wanted, over = [], self._get_activities()
        for order in orders:
            activity = found.get(order.id, self._get_activities())
            if order._waits_for_start():
                date = order._get_start_deadline()
                user = self._get_reader(order, order, order.start_owner_id)
                reason = order.start_later_reason
                wanted.append((activity, order, user, date, reason))
            else:
                over |= activity
        over.unlink()
        self._write(kind, wanted)

    @api.model
    def _sync_engineering(self, lines):
        """Give each line that waits its activity, take it from the others."""
        kind = lines and self._get_type("engineer")
        if not kind:
            return
        wanted, over = {}, self._get_activities()
        # The link between a line and its activity is nobody's to see.
        for line in lines.sudo():
            activity = line.engineering_activity_id
            product, order = line.product_id.product_tmpl_id, line.order_id
            waits = line.state == "sale" and line._waits_for_engineering()
            if not waits or activity.res_id != product.id:
                over |= activity.filtered("active")
                activity = self._get_activities()
            if waits:
                user = self._get_reader(product, order, line.engineer_id)
                text = f"{order.name}: {line.product_id.display_name}"
                date = line.engineering_due_date
                wanted[line] = (activity, product, user, date, text)
        over.unlink()
        written = self._write(kind, wanted.values())
        for line, activity in zip(wanted, written, strict=True):
            if line.engineering_activity_id != activity:
                line.engineering_activity_id = activity

    @api.model
    def _get_type(self, name):
        """Empty when an administrator deleted the type: then nobody is told."""
        ref = self.env.ref
        kind = ref(f"mto_cascade.mail_activity_type_{name}", raise_if_not_found=False)
        return kind or self.env["mail.activity.type"]

    @api.model
    def _get_activities(self):
        """Activities of whoever owns them, assigned without a mail."""
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
        )

    @api.model
    def _get_reader(self, record, order, user):
        """Who gets the activity: the one in charge, unless they cannot open it."""
        for candidate in (user, order.user_id):
            if not candidate.active or order.company_id not in candidate.company_ids:
                continue
            companies = {"allowed_company_ids": order.company_id.ids}
            own = record.with_context(**companies).with_user(candidate)
            if own.has_access("read"):
                return candidate
        return self.env.user

    @api.model
    def _write(self, kind, wanted):
        """Write what changed, create what is missing.

        :param wanted: (activity, record, user, date, summary) each
        :return: the activities, in the order of ``wanted``
        """
        result, missing = [], []
        for activity, record, user, date, text in wanted:
            values = {"user_id": user.id, "date_deadline": date, "summary": text}
            if not activity:
                missing.append(
                    {
                        **values,
                        "activity_type_id": kind.id,
                        "automated": True,
                        "res_model_id": self.env["ir.model"]._get_id(record._name),
                        "res_id": record.id,
                    }
                )
            elif activity.active and (
                activity.user_id != user
                or activity.date_deadline != date
                or activity.summary != text
            ):
                activity.write(values)
            result.append(activity)
        created = iter(self._get_activities().create(missing))
        return [activity or next(created) for activity in result]
