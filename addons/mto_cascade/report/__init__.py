from . import mrp_report_bom_structure
from . import mto_supply_preview
