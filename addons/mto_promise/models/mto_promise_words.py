from odoo import fields, models
from odoo.tools.misc import formatLang

from ..engine import promise as told

# Remarks that name a document or working hours.
WITH_DOCUMENT = (told.NO_HOURS, told.NOT_CONFIRMED, told.OVERDUE)


class MtoPromise(models.AbstractModel):
    """The words of a promise, rendered late: in the language of who reads them.

    Products, dates, quantities and numbers of documents are told, never a price or a
    cost; vendors by name only to employees, where the caller says so.
    """

    _inherit = "mto.promise"

    def _get_message(self, promise):
        """Return why the line can be had at its earliest date and not before.

        'Brake kit: 14 of 20 on hand; the other 6 need 21 days from their vendor: 3
        March'. False where nothing was asked for.
        """
        return self._get_messages([promise])[promise.demand.key]

    def _get_messages(self, promises, name_vendors=False):
        """Return {demand.key: sentence}, see ``_get_message``, in a few queries.

        :param name_vendors: 'need 21 days from Alpine Brakes' in place of 'from their
            vendor'; never for customers
        """
        promises = list(promises)
        self._read_names(promises)
        vendors = self._get_vendor_names(promises) if name_vendors else {}
        return {
            promise.demand.key: self._tell(promise, vendors) for promise in promises
        }

    def _get_vendor_names(self, promises):
        """Return {vendor id: name} of all vendors on the paths."""
        ids = {step.vendor_id for promise in promises for step in promise.path}
        # Any employee may read vendors of products; companies apart.
        vendors = self.env["res.partner"].sudo().browse(ids - {False})
        return {vendor.id: vendor.name for vendor in vendors}

    def _read_names(self, promises):
        """Read the names of all products that are told, at once."""
        ids = set()
        for promise in promises:
            ids |= {step.product_id for step in promise.path}
            ids |= {remark.product_id for remark in promise.assumed + promise.missing}
        self._get_names(ids)

    def _tell(self, promise, vendors):
        blocking = [remark for remark in promise.missing if remark.is_blocking]
        if blocking:
            return self.env._("No date: %(cause)s", cause=self._get_remark(blocking[0]))
        if not promise.feasible:
            return False
        if promise.missing:
            return self.env._(
                "Not before %(date)s. %(cause)s",
                date=self._format_moment(promise.feasible),
                cause=self._get_remark(promise.missing[0]),
            )
        if promise.limiting:
            return self._tell_limiting(promise.limiting, vendors)
        return self.env._(
            "All of it is in stock: %(date)s",
            date=self._format_moment(promise.feasible),
        )

    # What is waited for

    def _tell_limiting(self, limiting, vendors):
        """One sentence, put together of two: what is there, and when the rest is."""
        values = {
            "product": self._get_name(limiting.product_id),
            "rest": self._tell_rest(limiting, vendors),
            "there": self._format_quantity(limiting.on_hand + limiting.arriving),
            "needed": self._format_quantity(limiting.needed),
        }
        if limiting.on_hand and limiting.arriving:
            return self.env._(
                "%(product)s: %(there)s of %(needed)s on hand or on their way; "
                "%(rest)s",
                **values,
            )
        if limiting.on_hand:
            return self.env._(
                "%(product)s: %(there)s of %(needed)s on hand; %(rest)s", **values
            )
        if limiting.arriving:
            return self.env._(
                "%(product)s: %(there)s of %(needed)s on their way; %(rest)s", **values
            )
        return self.env._("%(product)s: %(rest)s", **values)

    def _tell_rest(self, limiting, vendors):
        is_rest = bool(limiting.on_hand or limiting.arriving)
        quantity = self._format_quantity(limiting.missing)
        values = {
            "rest": self.env._("the other %s", quantity) if is_rest else quantity,
            "days": self._format_days(limiting.days),
            "date": self._format_moment(limiting.available),
            "document": self._get_document_name(limiting.document),
            "vendor": vendors.get(limiting.vendor_id),
        }
        if limiting.missing == 1:
            return self._tell_one(limiting.supply, values)
        return self._tell_many(limiting.supply, values)

    def _tell_many(self, supply, values):
        match supply:
            case told.ARRIVAL:
                return self.env._(
                    "%(rest)s arrive with %(document)s: %(date)s", **values
                )
            case told.BUY if values["vendor"]:
                return self.env._(
                    "%(rest)s need %(days)s from %(vendor)s: %(date)s", **values
                )
            case told.BUY:
                return self.env._(
                    "%(rest)s need %(days)s from their vendor: %(date)s", **values
                )
            case told.SUBCONTRACT if values["vendor"]:
                return self.env._(
                    "%(rest)s need %(days)s at %(vendor)s: %(date)s", **values
                )
            case told.SUBCONTRACT:
                return self.env._(
                    "%(rest)s need %(days)s at their subcontractor: %(date)s", **values
                )
            case told.MANUFACTURE:
                return self.env._(
                    "%(rest)s need %(days)s to be made: %(date)s", **values
                )
        return self.env._("%(rest)s need %(days)s to be moved: %(date)s", **values)

    def _tell_one(self, supply, values):
        match supply:
            case told.ARRIVAL:
                return self.env._(
                    "%(rest)s arrives with %(document)s: %(date)s", **values
                )
            case told.BUY if values["vendor"]:
                return self.env._(
                    "%(rest)s needs %(days)s from %(vendor)s: %(date)s", **values
                )
            case told.BUY:
                return self.env._(
                    "%(rest)s needs %(days)s from its vendor: %(date)s", **values
                )
            case told.SUBCONTRACT if values["vendor"]:
                return self.env._(
                    "%(rest)s needs %(days)s at %(vendor)s: %(date)s", **values
                )
            case told.SUBCONTRACT:
                return self.env._(
                    "%(rest)s needs %(days)s at its subcontractor: %(date)s", **values
                )
            case told.MANUFACTURE:
                return self.env._(
                    "%(rest)s needs %(days)s to be made: %(date)s", **values
                )
        return self.env._("%(rest)s needs %(days)s to be moved: %(date)s", **values)

    # What is missing or assumed

    def _get_remark(self, remark):
        """Return the sentence of something that is missing or assumed."""
        values = {
            "product": self._get_name(remark.product_id),
            "document": self._get_remark_document(remark),
        }
        return self._get_remark_words(remark, values)

    def _get_remark_words(self, remark, values):
        match remark.code:
            case told.LOOP:
                return self.env._("%(product)s is needed to make itself", **values)
            case told.NO_SUPPLY:
                return self.env._(
                    "%(product)s has no vendor and no bill of materials", **values
                )
            case told.NO_HOURS:
                return self.env._("%(document)s has no working hours", **values)
            case told.BEYOND_CALENDAR:
                return self.env._("%(product)s takes more than ten years", **values)
            case told.NO_VENDOR_DELAY:
                return self.env._("%(product)s has no vendor lead time", **values)
            case told.NO_PRODUCE_DELAY:
                return self.env._(
                    "%(product)s has no manufacturing lead time", **values
                )
        return self._get_assumption_words(remark, values)

    def _get_assumption_words(self, remark, values):
        match remark.code:
            case told.NO_VALID_PRICE:
                return self.env._("No vendor price of %(product)s is valid", **values)
            case told.NOBODY_ORDERS:
                return self.env._("%(product)s: somebody has to order it", **values)
            case told.NOT_CONFIRMED:
                return self.env._(
                    "%(product)s: %(document)s is not confirmed yet", **values
                )
            case told.OVERDUE:
                date = self._format_moment(remark.data[0])
                return self.env._(
                    "%(product)s: %(document)s was expected on %(date)s",
                    date=date,
                    **values,
                )
            case told.DEFAULT_DELAY:
                return self.env._(
                    "%(product)s: lead time of %(days)s by default",
                    days=self._format_days(remark.data[0]),
                    **values,
                )
        return remark.code

    def _get_remark_document(self, remark):
        if not remark.model or remark.code not in WITH_DOCUMENT:
            return False
        return self._get_document_name((remark.model, remark.record_id))

    # Names and numbers

    def _get_names(self, product_ids):
        """Return {product id: name without its code}, whoever asks."""
        products = self.env["product.product"].sudo().browse(product_ids)
        named = products.with_context(display_default_code=False)
        return {product.id: product.display_name for product in named}

    def _get_name(self, product_id):
        return self._get_names([product_id])[product_id]

    def _format_quantity(self, quantity):
        digits = 0 if abs(quantity - round(quantity)) < 1e-6 else 2
        return formatLang(self.env, quantity, digits=digits)

    def _format_days(self, days):
        return self._tell_days(max(round(days), 1))

    def _tell_days(self, count):
        """'1 day', '3 days'"""
        return self.env._("1 day") if count == 1 else self.env._("%s days", count)

    def _format_moment(self, moment):
        """'12 March', in the time zone of the reader."""
        day = fields.Datetime.context_timestamp(self, moment).date()
        return self.env["mto.supply.check"]._format_day(day)
