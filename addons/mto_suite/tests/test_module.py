from odoo.tests import TransactionCase, tagged

# What the app consists of: screens, and the one field that its settings page shows.
SCREENS = {
    "ir.actions.act_window",
    "ir.actions.server",
    "ir.ui.menu",
    "ir.ui.view",
}
FIELD = {"ir.model", "ir.model.fields"}


@tagged("post_install", "-at_install")
class TestModule(TransactionCase):
    def _get_owned(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "=", "mto_suite"), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id"))

    def test_only_screens(self):
        """No table, group, rule, cron or stored field: no document can change."""
        models = self.env["ir.model.data"]._read_group(
            [("module", "=", "mto_suite")], ["model"]
        )
        self.assertEqual({model for (model,) in models}, SCREENS | FIELD)
        self.assertEqual(self._get_owned("ir.model").model, "res.config.settings")
        fields = self._get_owned("ir.model.fields")
        self.assertEqual(set(fields.mapped("model")), {"res.config.settings"})

    def test_core_keeps_its_own_screens(self):
        """Our lists and searches open from our menus only."""
        ours = self._get_owned("ir.ui.view")
        for view in ours.filtered(lambda view: view.type in ("list", "search")):
            with self.subTest(view=view.xml_id):
                default = view.default_view(view.model, view.type)
                self.assertNotEqual(default, view.id)
                self.assertEqual(view.mode, "primary")
