from . import mto_date_move_wizard, mto_promise_renew, mto_promise_split
