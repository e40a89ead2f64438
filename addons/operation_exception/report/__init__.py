from . import review_xlsx
