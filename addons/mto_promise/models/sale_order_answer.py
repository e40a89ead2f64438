from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.readonly
    def get_promise(self, wanted_date=False):
        """When each line can be had, why not before, and what was promised.

        Lines of a quotation are computed from today's stock, open orders, lead times,
        operations and working hours; the lines of one quotation share one stock, in
        their order, and other quotations do not count. Confirmed lines tell what their
        documents lead to. Needs read access to the orders only; for employees. Told are
        products, quantities, dates and names of documents, no price and no cost. The
        ``message`` of a confirmed line that waits for a purchase names its vendor, as
        the order does; that of a quotation names none.

        :param str wanted_date: day ('YYYY-MM-DD', in the time zone of the user) or
            moment ('YYYY-MM-DD HH:MM:SS', UTC) on which everything would be wanted;
            without it what the lines say
        :return: one dictionary per order, in the order of ``self``, with ``id``,
            ``model`` ('sale.order'), ``name`` and ``lines``: one dictionary per line
            with goods, moments in UTC or False, quantities in the product's unit

            - ``line_id``, ``product`` (name), ``quantity``, ``uom``
            - ``wanted_date``: of the line, else of the order
            - ``promised_date``: what the customer was told
            - ``feasible_date``: the earliest date; False for confirmed lines, and
              where something stands in the way, which ``message`` names
            - ``projected_date``: of confirmed lines
            - ``days_late``: days from the promised date to the projected one, of a
              quotation from the wanted date to the feasible one; 0 if in time
            - ``quantity_on_wanted_date``: how much of it can be there by then
            - ``limiting_component``: name of the product that is waited for, or False
            - ``critical_path``: what follows each other until the goods are with the
              customer, of confirmed lines what is still to be done: ``product``,
              ``supply`` ('stock', 'arrival', 'buy', 'manufacture', 'subcontract',
              'transfer' or 'delivery'), ``document`` ('purchase.order,12', or False
              where there is none yet), ``start``, ``end``, ``days``
            - ``assumed``: sentences, what the date depends on that nobody confirmed
            - ``message``: the cause in one sentence, or False
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if an order may not be read, and for
            customers on the portal
        :raises odoo.exceptions.UserError: if ``wanted_date`` is no date
        """
        self.check_access("read")
        self.env["mto.promise"]._check_may_ask()
        wanted = self.env["mto.promise"]._parse_wanted(wanted_date)
        # Checked above; only what is described here is handed out.
        answers = self.sudo().order_line._get_promise_answers(wanted)
        return [
            {
                "id": order.id,
                "model": order._name,
                "name": order.name,
                "lines": [
                    answers[line] for line in order.sudo().order_line if line in answers
                ],
            }
            for order in self
        ]
