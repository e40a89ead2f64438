from odoo import models


class MtoDerived(models.AbstractModel):
    """A table that says what documents say: kept to be searched, compared at night."""

    _name = "mto.derived"
    _description = "Kept to Be Searched"

    def _keep(self, kept, truth):
        """Make rows say what is true; rows that are right are not touched.

        :param dict kept: {what a row is about: the row}
        :param dict truth: {what a row is about: its values}; who is not in it gets none
        :return: what was kept and is not true, see ``mto.demand.line._derive``
        """
        wrong = self.browse(row.id for key, row in kept.items() if key not in truth)
        changes = [(row._get_key(), row._get_compared(), None) for row in wrong]
        wrong.unlink()
        for key, row in kept.items():
            if key in truth:
                before = row._get_compared()
                if values := row._get_changed(truth[key]):
                    row.write(values)
                if row._get_compared() != before:
                    changes.append((row._get_key(), before, row._get_compared()))
        created = self.create([v for key, v in truth.items() if key not in kept])
        return changes + [
            (row._get_key(), None, row._get_compared()) for row in created
        ]

    def _get_changed(self, truth):
        """The values of ``truth`` that differ from the row's."""
        return {
            name: value
            for name, value in truth.items()
            if not self._is_same(self._fields[name], value)
        }

    def _is_same(self, field, value):
        mine = field.convert_to_write(self[field.name], self)
        if field.type == "float":
            return abs(mine - value) < 1e-6
        if field.type == "datetime" and mine and value:
            return mine == value.replace(microsecond=0)
        return (mine or False) == (value or False)

    def _get_key(self):
        """(table, id of the document, id of the order line) of the row."""
        raise NotImplementedError

    def _get_compared(self):
        """What must be as it was kept: what changes with the day is left out."""
        raise NotImplementedError
