from odoo import models

from ..engine import specification_key


class SaleOrderLine(models.Model):
    """What makes the goods of a line differ from others of the same product."""

    _inherit = "sale.order.line"

    # What makes goods differ

    def _get_specification_key(self):
        """A key that lines for equal goods of one product share; empty if nothing
        but the variant says what to make.

        Notes and files are no part of it: they tell, they do not configure.
        """
        self.ensure_one()
        return specification_key(
            (
                (
                    value.custom_product_template_attribute_value_id.id,
                    value.custom_value or "",
                )
                for value in self.product_custom_attribute_value_ids
            ),
            self._get_chosen_options().ids,
        )

    def _get_chosen_options(self):
        """Options that make no variant, where there was something to choose."""
        return self.product_no_variant_attribute_value_ids.filtered(
            lambda option: (
                option.display_type == "multi"
                or option.attribute_line_id.value_count > 1
            )
        )

    def _get_specifications(self):
        """What each line asks for beyond its product.

        :return: {line id: {'title', 'values': [str], 'notes': [str],
            'files': attachments}}, only lines that ask for anything
        """
        notes = self._get_following_notes()
        files = self._get_specification_attachments()
        result = {}
        for line in self:
            specification = {
                "title": f"{line.order_id.name} - {line.product_id.display_name}",
                "values": line._get_specification_values(),
                "notes": line._get_remarks() + notes.get(line, []),
                "files": files[line],
            }
            if any(specification[part] for part in ("values", "notes", "files")):
                result[line.id] = specification
        return result

    def _get_specification_values(self):
        self.ensure_one()
        typed = self.product_custom_attribute_value_ids
        options = self._get_chosen_options()
        options -= typed.custom_product_template_attribute_value_id
        return [*typed.mapped("name"), *options.mapped("display_name")]

    def _get_remarks(self):
        """Lines of the description that Odoo did not write."""
        self.ensure_one()
        line = self.with_context(lang=self.order_id.partner_id.lang)
        default = line._get_sale_order_line_multiline_description_sale().splitlines()
        return [
            text
            for text in (line.name or "").splitlines()
            if text.strip() and text not in default
        ]

    def _get_following_notes(self):
        """{line: texts of the note lines below it, up to the next line or section}"""
        result = {}
        for order in self.order_id:
            above = False
            for line in order.order_line.sorted(lambda line: (line.sequence, line.id)):
                if line.display_type != "line_note":
                    above = not line.display_type and line
                elif above and line.name:
                    result.setdefault(above, []).append(line.name)
        return result

    def _get_specification_attachments(self):
        """{line: files of the line itself, and the files its order has for production}

        No query per line.
        """
        own = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        by_line = own.grouped("res_id")
        return {
            line: by_line.get(line.id, own.browse())
            | line.order_id.specification_attachment_ids
            for line in self
        }
