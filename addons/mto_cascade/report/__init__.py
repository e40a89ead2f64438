from . import mto_supply_preview
