import re
from pathlib import Path
from urllib.parse import urlencode

from odoo.tests import HttpCase
from odoo.tools.misc import file_path


class HootCase(HttpCase):
    """Runs the web unit tests of one module; Odoo's runner is called Hoot."""

    _module = None

    def _count_written(self):
        """How many web unit tests the files of the module hold."""
        files = Path(file_path(f"{self._module}/static/tests")).glob("**/*.test.js")
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
            "filter": f'"@{self._module}/"',
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

    def _check_unit_tests(self):
        """All of them pass. Hoot also calls it a success to have found none."""
        written = self._count_written()
        self.assertTrue(written)
        self.assertEqual(self._run_hoot(), written)
