from . import mrp_report_bom_structure
from . import mto_supply_preview
from . import supply_tree
from . import supply_tree_print
from . import supply_preview_tree
