from . import controllers
from . import models, report, wizards
from .hooks import uninstall_hook
