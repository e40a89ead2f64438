import re
from pathlib import Path
from urllib.parse import urlencode

from odoo.tests import HttpCase, no_retry, tagged
from odoo.tools.misc import file_path

MODULE = "mto_demo"


@tagged("post_install", "-at_install")
class TestJavaScript(HttpCase):
    def _count_written(self):
        """How many web unit tests the files of the module hold."""
        files = Path(file_path(f"{MODULE}/static/tests")).glob("**/*.test.js")
        return sum(
            len(re.findall(r"^\s*test(?:\.\w+)*\(", file.read_text(), re.MULTILINE))
            for file in files
        )

    def _run_hoot(self):
        """Run the web unit tests of the module; return how many have passed."""
        options = {
            "loglevel": 2,
            "preset": "desktop",
            "timeout": 15000,
            # In quotes the text itself is looked for, not something like it.
            "filter": f'"@{MODULE}/"',
        }
        url = f"/web/tests?headless&{urlencode(options)}"
        with self.assertLogs(self._logger.getChild("browser"), "INFO") as logged:
            try:
                self.browser_js(
                    url,
                    "",
                    login="admin",
                    timeout=300,
                    success_signal="[HOOT] Test suite succeeded",
                    error_checker=lambda message: "[HOOT]" not in message,
                )
            except AssertionError as error:
                # Which test failed, and how, is in the browser's log alone.
                told = [line for line in logged.output if line.startswith("ERROR")]
                raise self.failureException("\n\n".join(told)) from error
        passed = re.findall(r"Passed (\d+) tests", "\n".join(logged.output))
        return int(passed[-1]) if passed else 0

    @no_retry
    def test_unit_desktop(self):
        """All of them pass. Hoot also calls it a success to have found none."""
        written = self._count_written()
        self.assertTrue(written)
        self.assertEqual(self._run_hoot(), written)
