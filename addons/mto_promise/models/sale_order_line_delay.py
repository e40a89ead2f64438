from odoo import api, fields, models

from ..engine.delay import count_working_days


class SaleOrderLine(models.Model):
    """After the confirmation: when the line is really expected, and because of what."""

    _inherit = "sale.order.line"

    projected_date = fields.Datetime(
        "Projected",
        compute="_compute_delay",
        help="When the goods can leave, if everything else keeps to its plan.",
    )
    days_late = fields.Integer(
        compute="_compute_delay", help="Days between the promise and the projection."
    )
    delay_message = fields.Char("Because of", compute="_compute_delay")
    delay_owner_id = fields.Many2one(
        "res.users",
        "Next Owner",
        compute="_compute_delay",
        help="Responsible for what is waited for, else the salesperson.",
    )
    delay_document = fields.Char(
        compute="_compute_delay", help="What is waited for: model and id."
    )

    @api.depends("state", "qty_delivered", "promised_date", "wanted_date")
    @api.depends_context("lang", "uid")
    def _compute_delay(self):
        delays = self._get_delays()
        for line in self:
            delay = delays.get(line, {})
            line.projected_date = delay.get("projected_date", False)
            line.days_late = delay.get("days_late", 0)
            line.delay_message = delay.get("message", False)
            line.delay_owner_id = delay.get("owner", False)
            document = delay.get("document")
            line.delay_document = (
                f"{document._name},{document.id}" if document else False
            )

    def _get_delays(self, live=False):
        """When confirmed lines are expected, how late that is, and because of what.

        As the queue of ``mto_pegging`` left it, which follows changes within a minute.

        :param live: look anew instead, without writing anything
        :return: {line: {``projected_date`` (UTC), ``days_late`` (calendar days),
            ``message`` (in the language of the reader), ``owner`` (res.users),
            ``document`` and ``product`` (what is waited for, may be empty),
            ``chain`` ([(model, id)] from the customer down to it), ``path``
            (``engine.PathStep``s up to the customer, if ``live``)}}
            of lines that are open for delivery and were looked at; empty for customers,
            who are told the promise only
        :rtype: dict
        """
        if not self.env.user._is_internal():
            return {}
        lines = self._origin.filtered(lambda line: line.state == "sale").sudo()
        # What the factory does is told in words, to whoever may read the line.
        rows, paths = lines._project_rows() if live else (lines._search_rows(), {})
        sentences = rows._tell_all() if rows else {}
        delays = {}
        for row in rows:
            line = row.sale_line_id
            projected = row._get_projected()
            days = projected and line._count_calendar_days(
                line._get_promise_date(), projected
            )
            delays[line.with_env(self.env)] = {
                "projected_date": projected,
                "days_late": max(days or 0, 0),
                "message": sentences[row],
                "owner": row.owner_id or line.order_id.user_id,
                "document": row._get_cause_document(),
                "product": row.waits_product_id,
                "chain": [tuple(step) for step in row.chain or ()],
                "path": paths.get(line, []),
            }
        return {line: delays[line._origin] for line in self if line._origin in delays}

    def _search_rows(self):
        return self.env["mto.order.progress"].search([("sale_line_id", "in", self.ids)])

    def _project_rows(self):
        """(rows as the queue would keep them, {line: critical path}); not written."""
        progress = self.env["mto.order.progress"]
        lines = self.filtered(lambda line: line._is_open_for_delivery())
        if not lines:
            return progress, {}
        outlook = progress._project(lines)
        values = progress._compute_values(lines, outlook)
        rows = progress.concat(*(progress.new(vals) for vals in values.values()))
        return rows, progress._get_paths(lines, outlook)

    def _get_projected_dates(self):
        """{confirmed line: projected date, None where nobody knows}"""
        rows = {row.sale_line_id.id: row for row in self.sudo()._search_rows()}
        return {
            line: rows[line.id]._get_projected() or None if line.id in rows else None
            for line in self
        }

    def _count_days(self, start, end):
        """Working days after ``start`` up to ``end``, 0 where it is not later."""
        return count_working_days(self._to_day(start), self._to_day(end))

    def _count_calendar_days(self, start, end):
        return (self._to_day(end) - self._to_day(start)).days

    def _tell_delay(self, row, sentence):
        """What is late, by how much and why, for an open issue."""
        self.ensure_one()
        return self.env._(
            "%(product)s: promised for %(promised)s, projected for %(projected)s. "
            "%(sentence)s",
            product=self.product_id.display_name,
            promised=self._format_day(self._get_promise_date()),
            projected=self._format_day(row._get_projected()),
            sentence=sentence,
        ).strip()
