from odoo import models


class MtoDerived(models.AbstractModel):
    """A table that says what documents say: kept to be searched, compared at night."""

    _name = "mto.derived"
    _description = "Kept to Be Searched"

    def _keep(self, kept, truth):
        """Make rows say what is true.

        :param dict kept: {record: row of it}
        :param dict truth: {record: values of its row}; who is not in it gets none
        :return: what was kept and is not true, see ``mto.demand.line._derive``
        """
        wrong = self.browse(row.id for key, row in kept.items() if key not in truth)
        changes = [(row._get_key(), row._get_compared(), None) for row in wrong]
        wrong.unlink()
        for key, row in kept.items():
            if key in truth:
                before = row._get_compared()
                row.write(truth[key])
                if row._get_compared() != before:
                    changes.append((row._get_key(), before, row._get_compared()))
        created = self.create([v for key, v in truth.items() if key not in kept])
        return changes + [
            (row._get_key(), None, row._get_compared()) for row in created
        ]

    def _get_key(self):
        """(table, id of the document, id of the order line) of the row."""
        raise NotImplementedError

    def _get_compared(self):
        """What must be as it was kept: what changes with the day is left out."""
        raise NotImplementedError
