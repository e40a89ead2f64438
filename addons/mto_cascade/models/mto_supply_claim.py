from odoo import api, fields, models
from odoo.tools import SQL


class MtoSupplyClaim(models.Model):
    """One row per product whose stock is promised by policy.

    Whoever promises goods of the product updates its row first. A second transaction
    waits there; when the first one commits, its view of the stock is out of date, the
    database refuses its update and Odoo runs the request again on the new state. Core's
    own reservation passes over rows that somebody holds and can promise a piece twice.
    """

    _name = "mto.supply.claim"
    _description = "Claim on the Stock of a Product"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")
    serial = fields.Integer(help="How often goods were promised.")

    _product_unique = models.Constraint(
        "UNIQUE(product_id)", "A product has one claim only."
    )

    @api.model
    def _claim(self, products):
        """Claim ``products``, in the order of their ids: nobody waits in a circle.

        Access is not needed: the row says nothing but how often.
        """
        if products:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO mto_supply_claim (product_id, serial)
                         SELECT id, 1 FROM unnest(%s) AS id ORDER BY id
                    ON CONFLICT (product_id) DO UPDATE
                            SET serial = mto_supply_claim.serial + 1
                    """,
                    sorted(products.ids),
                )
            )

    @api.model
    def _claim_in_use(self, products):
        """Claim ``products`` where supply policies are in use at all.

        For reservations that Odoo makes: also of goods that no policy has promised yet,
        or the first one to do so would not be seen. Without policies nobody waits.
        """
        if products:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO mto_supply_claim (product_id, serial)
                         SELECT id, 1 FROM unnest(%s) AS id
                          WHERE EXISTS (SELECT FROM mto_supply_claim)
                       ORDER BY id
                    ON CONFLICT (product_id) DO UPDATE
                            SET serial = mto_supply_claim.serial + 1
                    """,
                    sorted(products.ids),
                )
            )
