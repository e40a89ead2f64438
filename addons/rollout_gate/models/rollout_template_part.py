from odoo import api, models


class RolloutTemplatePart(models.AbstractModel):
    """What belongs to a template changes only as long as its version is a draft."""

    _name = "rollout.template.part"
    _description = "Part of a Template"
    # Where the template is found.
    _template_path = "gate_id.template_id"

    def _get_template(self):
        return self.mapped(self._template_path)

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._get_template()._check_changeable()
        return parts

    def write(self, vals):
        self._get_template()._check_changeable()
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, *args, **options):
        """Other languages may follow later; the words of a used version stay."""
        if translations.get("en_US"):
            self._get_template()._check_changeable()
        return super()._update_field_translations(
            field_name, translations, *args, **options
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._get_template()._check_changeable()
