from odoo.tests import no_retry, tagged

from odoo.addons.mto_cascade.tests.hoot import HootCase


@tagged("post_install", "-at_install")
class TestJavaScript(HootCase):
    _module = "mto_promise"

    @no_retry
    def test_unit_desktop(self):
        self._check_unit_tests()
