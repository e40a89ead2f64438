from . import mto_purchase_confirm
from . import mto_serve_first
from . import mto_serve_first_keep
