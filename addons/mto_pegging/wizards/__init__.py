from . import mto_purchase_confirm
