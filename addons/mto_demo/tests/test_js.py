import re
from urllib.parse import urlencode

from odoo.modules.module import get_module_path
from odoo.tests import HttpCase, no_retry, tagged
from odoo.tools.misc import file_path
