"""Reading what belongs to many records in few queries."""

from collections import defaultdict

from odoo.fields import Domain


def fetch_lines(records, name, field_names=None):
    """Read a one2many field and the fields of its records in one query.

    Odoo takes two: one for the ids, then one for their fields. What is in the cache
    afterwards is what those leave there; what was there before stays.

    :param records: saved records, which the user may read
    :param name: the one2many field
    :param field_names: what is read of its records; None for all that Odoo would
        read at once
    :return: the records of the field, as ``records[name]``
    """
    field = records._fields[name]
    missing = records.browse(field._cache_missing_ids(records))
    if missing:
        _read_lines(missing, field, field_names)
    (records - missing)[name].fetch(field_names)
    return records[name]


def keep_lines(records, name, lines):
    """Let the cache know a one2many field of records of which all lines were read.

    :param lines: of all ``records``, archived ones too, in the order of their model,
        with their inverse field in the cache
    """
    field = records._fields[name]
    ids = defaultdict(list)
    for line in lines:
        ids[line[field.inverse_name].id].append(line.id)
    field._insert_cache(records, [tuple(ids[id_]) for id_ in records._ids])


def _read_lines(records, field, field_names):
    """As ``fields.One2many.read``, which reads the inverse field alone."""
    comodel = records.env[field.comodel_name]
    comodel = comodel.with_context(**{"active_test": False, **field.context})
    if field_names is not None:
        needed = {*field_names, field.inverse_name, comodel._active_name} - {None}
        field_names = sorted(needed)
    domain = Domain(field.inverse_name, "in", records.ids)
    domain &= field.get_comodel_domain(records)
    keep_lines(records, field.name, comodel.search_fetch(domain, field_names))
