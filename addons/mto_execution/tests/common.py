from datetime import timedelta
from unittest.mock import patch

from odoo import Command

from odoo.addons.mto_cascade.tests.common import SupplyCommon


class ExecutionCommon(SupplyCommon):
    """Bicycles of a frame, two wheels and a brake kit, made from stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls._create_part("Frame", on_hand=20, standard_price=50)
        cls.wheel = cls._create_part("Wheel", on_hand=40, standard_price=10)
        cls.brake = cls._create_part("Brake kit", on_hand=14, standard_price=20)
        cls.bike = cls._create_product("Bicycle")
        cls.bench = cls.env["mrp.workcenter"].create(
            {"name": "Assembly", "costs_hour": 60, "time_start": 0, "time_stop": 0}
        )
        cls.bom = cls._create_bom(
            cls.bike,
            [(cls.frame, 1), (cls.wheel, 2), (cls.brake, 1)],
            operation_ids=[
                Command.create(
                    {
                        "name": "Assemble",
                        "workcenter_id": cls.bench.id,
                        "time_mode": "manual",
                        "time_cycle_manual": 30,
                    }
                )
            ],
        )

    @classmethod
    def _make(cls, quantity=20, product=None, confirm=True, **vals):
        production = cls.env["mrp.production"].create(
            {
                "product_id": (product or cls.bike).id,
                "product_qty": quantity,
                **vals,
            }
        )
        if confirm:
            production.action_confirm()
        return production

    @classmethod
    def _buy(cls, product, quantity, days=5, confirm=True):
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "date_planned": cls.env.cr.now() + timedelta(days=days),
                        }
                    )
                ],
            }
        )
        if confirm:
            purchase.button_confirm()
        return purchase

    def _run_cron(self):
        """The scheduled action, without committing."""

        def commit(cron, processed=0, *, remaining=None, deactivate=False):
            return 60

        with patch.object(self.registry["ir.cron"], "_commit_progress", commit):
            self.env["mrp.production"]._cron_release_and_close()

    def _check(self, production):
        return production.get_launch_check()[0]

    def _missing(self, production):
        """{product: (required, available, missing, expected date, source)}."""
        return {
            part["product"]: (
                part["required"],
                part["available"],
                part["missing"],
                part["expected_date"],
                part["source"],
            )
            for part in self._check(production)["missing"]
        }

    @classmethod
    def _produce(cls, production, quantity=None, backorder=None):
        """Finish the order as its buttons do."""
        production.qty_producing = quantity or production.product_qty
        production._set_qty_producing()
        context = {"skip_consumption": True, "skip_backorder": True}
        if backorder:
            context["mo_ids_to_backorder"] = production.ids
        production.with_context(**context).button_mark_done()
        return production
