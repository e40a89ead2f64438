"""What a confirmation has led to, in a form that does not depend on numbers.

`snapshot` reads every stored value of all documents. Records are told apart by what
they hold and by whom they are linked with, not by their ids or names: a label is made
of a record's own values, then refined by the labels of its neighbours until it tells
the whole neighbourhood. Two results are the same when they have the same labels.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from ..models.sale_order import SaleOrder
from ..models.sale_order_line import SaleOrderLine
from ..models.stock_rule import StockRule

MODELS = (
    "sale.order",
    "sale.order.line",
    "mrp.production",
    "mrp.production.group",
    "mrp.workorder",
    "stock.picking",
    "stock.move",
    "stock.move.line",
    "stock.quant",
    "stock.lot",
    "stock.reference",
    "stock.warehouse.orderpoint",
    "purchase.order",
    "purchase.order.line",
    "mail.message",
    "mail.activity",
    "mail.tracking.value",
    "mail.followers",
    "mail.notification",
)
# Numbers, and what is made of them.
NUMBERS = {
    "id",
    "create_date",
    "write_date",
    "create_uid",
    "write_uid",
    "access_token",
    "message_id",
    "barcode",
    "parent_path",
    # Where a line stands among others made in the same transaction.
    "res_id",
}
ROUNDS = 6


@contextmanager
def core_way():
    """Let orders be confirmed as without the module, for the time of a with block."""

    def run_manufacture(self, procurements):
        return super(StockRule, self)._run_manufacture(procurements)

    def launch(self, **kwargs):
        return super(SaleOrderLine, self)._action_launch_stock_rule(**kwargs)

    def write(self, vals):
        return super(SaleOrder, self).write(vals)

    with (
        patch.object(StockRule, "_run_manufacture", run_manufacture),
        patch.object(SaleOrderLine, "_action_launch_stock_rule", launch),
        patch.object(SaleOrder, "write", write),
    ):
        yield


# Odoo tells changes in notes when it flushes: one after the other where reordering
# rules are looked at in between, all at once otherwise.
NOTES_OF_CHANGES = [
    ("message_type", "=", "notification"),
    ("tracking_value_ids", "!=", False),
]


def snapshot(env, models=MODELS, changes=True):
    """Return a `Snapshot` of all records there are.

    :param changes: with the notes that tell changes of fields
    """
    env.flush_all()
    env.invalidate_all()
    env = env(su=True, context={"active_test": False, "lang": "en_US"})
    if not changes:
        models = [name for name in models if name != "mail.tracking.value"]
        env["mail.message"].search(NOTES_OF_CHANGES).unlink()
    return Snapshot(env, [name for name in models if name in env])


def differences(left, right, most=12):
    """Return lines that say where two snapshots differ; none where they are equal.

    What differs in records themselves is told before what differs around them.
    """
    for number in range(ROUNDS + 1):
        lines = _differences(number, left, right)
        if lines:
            more = [f"... of {len(lines)}"] if len(lines) > most else []
            return [f"Round {number}:", *lines[:most], *more]
    return []


def _differences(number, left, right):
    ours, theirs = left.labels[number], right.labels[number]
    counts = [Counter(side.values()) for side in (ours, theirs)]
    lone = [
        {key for key, label in side.items() if counts[n][label] != counts[1 - n][label]}
        for n, side in enumerate((ours, theirs))
    ]
    lines = []
    for key in sorted(lone[0]):
        nearest = min(
            (other for other in lone[1] if other[0] == key[0]),
            key=lambda other: (
                len(_unequal(left.told(key), right.told(other))),
                len(_unequal(left.beside(key, number), right.beside(other, number))),
            ),
            default=None,
        )
        if nearest is None:
            lines.append(f"only left: {key} {left.told(key)}")
        else:
            lone[1].discard(nearest)
            found = _unequal(left.told(key), right.told(nearest)) or _unequal(
                left.beside(key, number), right.beside(nearest, number)
            )
            about = [left.values[key].get(name) for name in ("name", "product_id")]
            lines.append(f"{key} {about} against {nearest}: {found}")
    lines += [f"only right: {key} {right.told(key)}" for key in sorted(lone[1])]
    return lines


def _unequal(left, right):
    return {
        name: (left.get(name), right.get(name))
        for name in {*left, *right}
        if repr(left.get(name)) != repr(right.get(name))
    }


class Snapshot:
    def __init__(self, env, models):
        self.env = env
        self.names = {}
        self.values = {}
        self.links = {}
        self.models = models
        for model in models:
            self._read_names(model)
        names = sorted(self.names, key=len, reverse=True) or [r"(?!)"]
        self.pattern = re.compile(
            "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names)
        )
        for model in models:
            self._read(model)
        self.labels = self._refine()

    def _read_names(self, model):
        """Documents are called by numbers: what mentions them is made comparable."""
        if model in ("mrp.production", "stock.picking", "purchase.order", "stock.lot"):
            for record in self.env[model].search([]):
                self.names[record.name] = f"<{model}>"

    def _read(self, model):
        records = self.env[model].search([])
        fields = {
            name: field
            for name, field in records._fields.items()
            if field.store and field.column_type or field.type == "many2many"
            if name not in NUMBERS and not field.company_dependent
        }
        if model in ("mail.message", "mail.activity", "mail.followers"):
            fields["res_id"] = records._fields["res_id"]
        for record in records:
            key = (model, record.id)
            self.values[key], self.links[key] = {}, []
            for name, field in fields.items():
                self._read_field(key, record, name, field)

    def _read_field(self, key, record, name, field):
        if field.type in ("many2one", "many2many"):
            found = record[name]
            if found._name in self.models:
                self.links[key] += [(name, (found._name, id_)) for id_ in found.ids]
            else:
                self.values[key][name] = sorted(found.ids)
        elif name == "res_id":
            model = record.model if "model" in record else record.res_model
            target = (model, record.res_id)
            if model in self.models:
                self.links[key].append((name, target))
            else:
                self.values[key][name] = target
        else:
            self.values[key][name] = self._plain(record[name])

    def _plain(self, value):
        if isinstance(value, float):
            return round(value, 6)
        if isinstance(value, date):
            return str(value)
        if isinstance(value, Mapping):
            return repr(sorted(value.items()))
        if not isinstance(value, str):
            return value
        value = re.sub(r'(data-oe-id="|/odoo/[\w.-]+/|[?&;]id=)\d+', r"\1#", value)
        value = self.pattern.sub(lambda found: self.names[found[0]], value)
        if "<" in value and "</" not in value and re.search(r"[,/]", value):
            # Origins are collected in sets: their order is by chance.
            value = ",".join(sorted(part.strip() for part in re.split(r"[,/]", value)))
        return value

    def told(self, key):
        """Return what a record holds, and how many it is linked with by which field."""
        return {**self.values[key], **self.linked[key]}

    def beside(self, key, number):
        """Return {(link, label) of a neighbour before this round: who it is}."""
        if not number:
            return {}
        labels = self.labels[number - 1]
        return {
            (
                name,
                labels.get(other),
            ): f"{other[0]} {self.values[other].get('product_id')}"
            for name, other in self.around[key]
            if other in self.values
        }

    def _refine(self):
        """Return {record: label} of each round: alone, with neighbours, with theirs."""
        backward = {key: [] for key in self.values}
        for key, links in self.links.items():
            for name, target in links:
                if target in backward:
                    backward[target].append((f"~{name}", key))
        around = {key: [*self.links[key], *backward[key]] for key in backward}
        self.around = around
        self.linked = {
            key: Counter(f"{name} {target[0]}" for name, target in found)
            for key, found in around.items()
        }
        labels = {
            key: _digest(repr((key[0], sorted(self.told(key).items()))))
            for key in self.values
        }
        rounds = [labels]
        for _round in range(ROUNDS):
            labels = {
                key: _digest(
                    label
                    + repr(
                        sorted(
                            (name, labels.get(other, "")) for name, other in around[key]
                        )
                    )
                )
                for key, label in labels.items()
            }
            rounds.append(labels)
        return rounds


def _digest(text):
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
