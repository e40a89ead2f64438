from odoo import api, fields, models
from odoo.exceptions import UserError

WAITING = ("draft", "confirmed")
# How many orders one turn of the scheduled action looks at.
BATCH = 200


class MrpProduction(models.Model):
    """Release: a person says that the workshop may begin."""

    _inherit = "mrp.production"

    def action_release(self):
        """Release the orders for the workshop; drafts are confirmed first.

        The plan is frozen. Orders that are released or started stay as they are. A
        shortage is told on the order and does not keep it from being released. Needs
        write access.

        :return: True
        :raises odoo.exceptions.UserError: where something is missing, naming all of it,
            or for an order that is on hold, done or cancelled
        """
        self._check_workshop_access()
        self._lock_orders()
        self._check_not_on_hold()
        closed = self.filtered(lambda p: p.state in ("done", "cancel"))
        if closed:
            raise UserError(
                self.env._(
                    "Nothing is left to release: %s is done or cancelled.",
                    closed._name_list(),
                )
            )
        waiting = self.filtered(lambda p: p.state in WAITING and not p.released_on)
        waiting._check_release()
        waiting.filtered(lambda p: p.state == "draft").action_confirm()
        waiting._record_release()
        return True

    def _check_release(self):
        problems = {
            production: words
            for production in self
            if (words := production._get_release_problems())
        }
        if problems:
            lines = [f"{p.name}: {' '.join(words)}" for p, words in problems.items()]
            raise UserError(
                "\n".join([self.env._("These orders cannot be released yet."), *lines])
            )

    def _get_release_problems(self):
        """What is missing before the workshop can work, in words. Override to add."""
        self.ensure_one()
        problems = []
        if self.product_uom_id.compare(self.product_qty, 0) <= 0:
            problems.append(self.env._("The quantity is not positive."))
        if not self.move_raw_ids.filtered(lambda m: m.state != "cancel"):
            problems.append(self.env._("It has no components."))
        if self.bom_id.operation_ids and not self.workorder_ids:
            problems.append(
                self.env._("The bill of materials has steps, the order has none.")
            )
        if not (self.date_start and self.date_finished):
            problems.append(self.env._("It is not planned: start or end is missing."))
        if self.bom_id and self.company_id.sudo().bom_approval_required:
            problems.append(self.bom_id.sudo()._get_approval_problem())
        return [problem for problem in problems if problem]

    def _record_release(self, automatic=False):
        if not self:
            return
        self._freeze_plans()
        # Checked by the callers; only methods write who released.
        self.sudo().write(
            {"released_on": fields.Datetime.now(), "released_by_id": self.env.uid}
        )
        body = self.env._("Released.")
        if automatic:
            body = self.env._("Released by itself: complete, and nothing is missing.")
        self._message_log_batch(bodies=dict.fromkeys(self.ids, body))

    def action_release_launchable(self):
        """Release those of the orders that can start completely; tell which cannot.

        Needs write access.

        :return: a notification for the web client
        """
        self._check_workshop_access()
        waiting = self.filtered(
            lambda p: p.state in WAITING and not p.released_on and not p.is_on_hold
        )
        released = waiting._get_launchable()
        released.action_release()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if released else "warning",
                "message": self._get_released_words(released, waiting - released),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_launchable(self):
        """Those that lack nothing, neither components nor data."""
        checks = self.env["mto.launch"].sudo()._get_checks(self.sudo())
        return self.filtered(
            lambda p: p.id in checks
            and checks[p.id].can_launch
            and not p._get_release_problems()
        )

    def _get_released_words(self, released, left):
        words = [
            self.env._(
                "Released: %(count)s (%(orders)s).",
                count=len(released),
                orders=released._name_list() or "–",
            )
        ]
        if left:
            words.append(
                self.env._(
                    "Components or data are missing: %(count)s (%(orders)s).",
                    count=len(left),
                    orders=left._name_list(),
                )
            )
        return " ".join(words)

    def action_serve_first(self, reason):
        """Serve the orders before others that need the same components, and record why.

        They get priority: free stock and what arrives goes to them first. What is
        reserved for others stays theirs. Needs write access.

        :param str reason: why, in words
        :return: True
        :raises odoo.exceptions.UserError: without a reason
        """
        self._check_workshop_access()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is served first."))
        self.priority = "1"
        for production in self:
            production.message_post(body=self.env._("Served first: %s", reason))
        self.action_assign()
        return True

    # By themselves

    def action_confirm(self):
        res = super().action_confirm()
        self._auto_release()
        return res

    def _auto_release(self):
        """Release what can start, where the company wants that."""
        waiting = self.filtered(
            lambda p: p.company_id.sudo().auto_release
            and p.state == "confirmed"
            and not p.released_on
            and not p.is_on_hold
        )
        if waiting:
            waiting._get_launchable()._record_release(automatic=True)

    @api.model
    def _cron_release_and_close(self):
        """Release and close what has nothing to say, in batches; see the settings."""
        self._run_in_batches(
            [
                ("company_id.auto_release", "=", True),
                ("state", "=", "confirmed"),
                ("released_on", "=", False),
                ("is_on_hold", "!=", True),
            ],
            "_auto_release",
        )
        self._run_in_batches(
            [
                ("company_id.auto_close", "=", True),
                ("state", "=", "done"),
                ("closed_on", "=", False),
            ],
            "_auto_close",
        )

    def _run_in_batches(self, domain, method):
        productions = self.search(domain, order="date_start, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(productions))
        for start in range(0, len(productions), BATCH):
            batch = productions[start : start + BATCH]
            getattr(batch, method)()
            if not cron._commit_progress(len(batch)):
                break
