import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from .mto_pegging import LINE, MOVE, PRODUCTION, SOLD

_logger = logging.getLogger(__name__)

PENDING = "mto_pegging.changes"
CRON = "mto_pegging.ir_cron_refresh"


class MtoDemandChange(models.Model):
    """A record that changed: the chain it is part of is to be derived again.

    Rows are only ever inserted by those who change documents, once per transaction;
    nobody waits for anybody.
    """

    _name = "mto.demand.change"
    _description = "Change That Customer Order Columns Have to Follow"
    _log_access = False
    _order = "is_check, id"

    model = fields.Selection(
        [
            (MOVE, "Stock Move"),
            (LINE, "Purchase Order Line"),
            (SOLD, "Sales Order Line"),
            ("sale.order", "Sales Order"),
            ("purchase.order", "Purchase Order"),
            (PRODUCTION, "Manufacturing Order"),
        ],
        required=True,
    )
    res_id = fields.Many2oneReference(model_field="model", required=True)
    is_check = fields.Boolean(help="Nothing changed: it is only looked at.")
    has_failed = fields.Boolean(help="Tried again by the next comparison.")

    _open_idx = models.Index("(is_check, id) WHERE has_failed IS NOT TRUE")

    # Marking

    @api.model
    def _mark(self, model, ids):
        """Remember that these records changed; costs one query per transaction."""
        precommit = self.env.cr.precommit
        pending = precommit.data.get(PENDING)
        if pending is None:
            pending = precommit.data[PENDING] = set()
            precommit.add(self.sudo()._save_marks)
        pending.update((model, res_id) for res_id in ids if res_id)

    @api.model
    def _mark_changed(self, records, vals_list, columns):
        """Mark those of ``records`` whose values speak of one of ``columns``."""
        changed = [
            record.id
            for record, vals in zip(records, vals_list, strict=True)
            if columns & vals.keys()
        ]
        if changed:
            self._mark(records._name, changed)

    def _save_marks(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if not pending:
            return
        self.env.cr.execute(
            SQL(
                "INSERT INTO mto_demand_change (model, res_id) VALUES %s",
                SQL(", ").join(sorted(pending)),
            )
        )
        self._trigger()

    def _trigger(self):
        # Unlike env.ref(), it is cached and asks nothing.
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(CRON)
        if cron_id:
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    @api.model
    def _mark_all(self):
        """Mark every order line that is confirmed or moved, the latest first."""
        self._mark_sold_lines(SQL("TRUE"), is_check=False)

    @api.model
    def _mark_to_compare(self, days=31):
        """Mark, as a check, order lines that are open or moved in these last days."""
        since = fields.Datetime.now() - timedelta(days=days)
        recent = SQL(
            "move.state NOT IN ('done', 'cancel') OR "
            "GREATEST(move.write_date, line.write_date) > %s",
            since,
        )
        self._mark_sold_lines(SQL("bool_or(%s)", recent), is_check=True)

    def _mark_sold_lines(self, having, is_check):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO mto_demand_change (model, res_id, is_check)
                   SELECT %s, line.id, %s FROM sale_order_line line
                     JOIN sale_order sale ON sale.id = line.order_id
                     LEFT JOIN stock_move move ON move.sale_line_id = line.id
                    WHERE move.id IS NOT NULL
                       OR sale.state = 'sale' AND line.display_type IS NULL
                    GROUP BY line.id HAVING %s ORDER BY line.id DESC""",
                SOLD,
                is_check,
                having,
            )
        )
        self._trigger()

    # Following

    @api.model
    def _cron_refresh(self, size=200):
        """Derive what changed, in batches that each are committed."""
        cron = self.env["ir.cron"]
        waiting = [("has_failed", "=", False)]
        cron._commit_progress(remaining=self.search_count(waiting))
        while count := self._follow(size):
            left = self.search_count(waiting)
            if left:
                _logger.info("Customer orders of documents: %s changes to follow", left)
            if not cron._commit_progress(count, remaining=left):
                break

    @api.model
    def _cron_compare(self):
        """Compare what is kept with what is true; nothing should differ.

        Of everything that is open or changed in the last month. Tells the day anew to
        what is late, too.
        """
        self.search([("has_failed", "=", True)]).has_failed = False
        self._mark_to_compare()

    @api.model
    def _follow(self, size):
        """Derive the chains of the oldest changes.

        :return: how many changes were followed; 0 when there are none, or when
            somebody else is at it
        """
        if not self.env["mto.demand.line"]._lock():
            return 0
        changes = self.search_fetch(
            [("has_failed", "=", False)], ["model", "res_id", "is_check"], limit=size
        )
        changes = changes.filtered(lambda c: c.is_check == changes[:1].is_check)
        if not changes:
            return 0
        changes._follow_all()
        return len(changes)

    def _follow_all(self):
        """Follow these changes together; alone those that a bad one would hold up."""
        try:
            with self.env.cr.savepoint():
                self._derive()
        except psycopg2.OperationalError:
            raise
        except Exception:
            if len(self) > 1:
                for change in self:
                    change._follow_all()
                return
            _logger.exception(
                "Customer orders of %s,%s cannot be told", self.model, self.res_id
            )
            self.has_failed = True
            return
        self._drop()

    def _drop(self):
        # Nothing refers to a mark: what unlink() looks for is not there.
        self.env.cr.execute(
            SQL("DELETE FROM mto_demand_change WHERE id IN %s", tuple(self.ids))
        )
        self.invalidate_model()

    def _derive(self):
        found = {
            model: self.env[model].browse(changes.mapped("res_id")).exists()
            for model, changes in self.grouped("model").items()
        }
        moves, purchase_lines, sale_lines, productions, orders, purchases = (
            found.get(model, self.env[model])
            for model in (MOVE, LINE, SOLD, PRODUCTION, "sale.order", "purchase.order")
        )
        differences = self.env["mto.demand.line"]._derive(
            moves | productions.move_finished_ids | productions.move_raw_ids,
            purchase_lines | purchases.order_line,
            sale_lines | orders.order_line,
        )
        if self[:1].is_check:
            self._report(differences)
        return differences

    def _report(self, differences):
        """Say what was kept wrongly: a change was not followed. It is mended."""
        for (column, res_id, line_id), kept, truth in differences:
            _logger.warning(
                "%s %s for order line %s: %s was kept, %s is true (mended)",
                column,
                res_id,
                line_id,
                kept,
                truth,
            )

    @api.model
    def action_refresh(self):
        """Follow at once what changed: for who cannot wait for the next minute.

        Anybody who sees a list may ask; the answer says what is left to do.
        """
        # Rows are derived from documents, whoever asks.
        queue = self.sudo()
        queue.env.flush_all()
        queue._save_marks()
        done = queue._follow(500)
        left = queue.search_count([("has_failed", "=", False)])
        if left:
            queue._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info" if left else "success",
                "message": queue._get_message(done, left),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_message(self, done, left):
        if left:
            return self.env._(
                "Customer orders are being brought up to date: %s changes to follow.",
                left,
            )
        if done:
            return self.env._("Customer orders are up to date.")
        return self.env._("Nothing had changed.")
