from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.mto_pegging.models.mto_pegging import MOVE, PRODUCTION, SOLD

# Plans that differ by less are left alone.
TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True)
class DateMove:
    """A document that should start at another moment than it is planned.

    ``reason``: why it does not move by itself, False if it may. ``line_ids``: of the
    order lines that it serves.
    """

    document: Any
    planned: Any
    proposed: Any
    reason: Any = False
    line_ids: frozenset = frozenset()


class MtoDateMove(models.AbstractModel):
    """Planned dates that cannot be kept: proposed, or moved if the company likes."""

    _name = "mto.date.move"
    _description = "Dates That Follow What Is Waited for"

    def _get_moves(self, outlook):
        """Documents that begin later than planned, the first to begin first.

        :param outlook: ``mto.order.progress._project()`` of order lines
        :return: list of ``DateMove``, one for each document
        """
        found = {}
        for key, plan in outlook.plans.items():
            document = self._get_document(outlook.records[key])
            if document is None or plan.is_done:
                continue
            begin = self._get_begin(plan, outlook.expected[key])
            planned = self._get_planned(document)
            if not begin or begin - planned < TOLERANCE:
                continue
            known = found.get(document)
            found[document] = DateMove(
                document,
                planned,
                max(begin, known.proposed) if known else begin,
                document._get_immovable_reason(),
                self._get_served(key, outlook) | (known.line_ids if known else set()),
            )
        return sorted(found.values(), key=lambda move: move.proposed)

    def _get_served(self, key, outlook):
        """Ids of the order lines that a node serves."""
        quantities = outlook.shares.quantities[key]
        return frozenset(
            line_id
            for (model, line_id), quantity in quantities.items()
            if model == SOLD and quantity
        )

    def _get_document(self, record):
        """What is moved: manufacturing orders and the transfers of moves."""
        if record._name == PRODUCTION:
            return record
        if record._name == MOVE and not record.purchase_line_id:
            return record.picking_id or None
        return None

    def _get_planned(self, document):
        if document._name == PRODUCTION:
            return document.date_start
        return document.scheduled_date

    def _get_begin(self, plan, projection):
        """When the work of a node begins, if it ends when it is projected to."""
        if not projection.date:
            return None
        return projection.date - (plan.end - plan.start)

    def _move_all(self, lines, outlook):
        """Move what serves ``lines`` and may move by itself (sudo).

        :return: the moves that were made
        """
        if not lines:
            return []
        companies = lines.company_id
        moves = [
            move
            for move in self._get_moves(outlook)
            if not move.reason and move.document.company_id in companies
        ]
        for move in moves:
            move.document._move_start(move.proposed)
            move.document._message_log(body=self._tell(move))
        return moves

    def _apply(self, moves):
        """Move what a person chose, with the rights of this person.

        :raises odoo.exceptions.UserError: for what does not move by itself
        """
        for move in moves:
            reason = move.document._get_immovable_reason()
            if reason:
                raise UserError(
                    self.env._(
                        "%(document)s stays where it is. %(reason)s",
                        document=move.document.display_name,
                        reason=reason,
                    )
                )
            move.document.check_access("write")
            move.document._move_start(move.proposed)
            move.document._message_log(body=self._tell(move))

    def _tell(self, move):
        zone = self.env.company.resource_calendar_id.tz or "UTC"
        days = [
            self.env["ir.qweb.field.datetime"].value_to_html(
                moment, {"date_only": True, "tz_name": zone}
            )
            for moment in (move.planned, move.proposed)
        ]
        return self.env._(
            "Moved from %(before)s to %(after)s: it follows what it waits for.",
            before=days[0],
            after=days[1],
        )
