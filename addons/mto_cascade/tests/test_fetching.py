from functools import partial

from odoo.tests import tagged

from ..models.fetching import fetch_lines
from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestFetching(SupplyCommon):
    """One query for a one2many field and its records, with what Odoo reads in two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        part = cls._create_part("Spoke", delay=3)
        cls.parts = part | cls._create_part("Rim", delay=5)
        cls.wheels = cls.env["product.product"]
        for name in ("Front wheel", "Rear wheel"):
            wheel = cls._create_product(name)
            # The later one goes first, and one is archived.
            first = cls._create_bom(wheel, [(part, 32)], sequence=9)
            cls._create_bom(wheel, [(cls.parts[1], 1), (part, 36)], sequence=2)
            first.copy().active = False
            cls.wheels |= wheel
        found = cls.wheels.product_tmpl_id | cls.parts.product_tmpl_id
        cls.templates = found.browse(found.ids)
        cls.env.flush_all()

    def _read(self, records, name, read):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = read(records, name)
        count = self.env.cr.sql_log_count - before
        each = [record[name].ids for record in records]
        every = records.with_context(active_test=False)
        return count, found.ids, each, [record[name].ids for record in every]

    def _read_twice(self, records, name, names):
        records[name].fetch(names)
        return records[name]

    def test_as_odoo_reads(self):
        boms = self.templates.with_context(active_test=False).bom_ids
        boms = boms.browse(boms.ids)
        for records, name, names in (
            (self.templates, "bom_ids", ["type", "product_qty"]),
            (self.templates, "seller_ids", None),
            (boms, "bom_line_ids", ["product_id", "product_qty"]),
        ):
            ours = self._read(records, name, partial(fetch_lines, field_names=names))
            odoos = self._read(records, name, partial(self._read_twice, names=names))
            self.assertEqual(ours[1:], odoos[1:], name)
            self.assertEqual((ours[0], odoos[0]), (1, 2), name)

    def test_what_is_known_is_not_read_again(self):
        fetch_lines(self.templates, "bom_ids", ["type"])
        with self.assertQueryCount(0):
            boms = fetch_lines(self.templates, "bom_ids", ["type"])
            self.assertEqual(set(boms.mapped("type")), {"normal"})

    def test_changes_that_are_not_saved_stay(self):
        template = self.wheels[0].product_tmpl_id
        bom = template.bom_ids[0]
        bom.product_qty = 7
        template.bom_ids[1].unlink()
        found = fetch_lines(self.templates, "bom_ids", ["product_qty"])
        self.assertEqual(template.bom_ids, bom)
        self.assertEqual(len(found), 3)
        self.assertEqual(bom.product_qty, 7)
