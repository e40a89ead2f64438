from odoo.tests import no_retry, tagged

from .hoot import HootCase


@tagged("post_install", "-at_install")
class TestJavaScript(HootCase):
    _module = "mto_cascade"

    @no_retry
    def test_unit_desktop(self):
        self._check_unit_tests()
