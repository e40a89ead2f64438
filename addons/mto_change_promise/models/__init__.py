from . import mto_change_preview
from . import mto_change_tree
