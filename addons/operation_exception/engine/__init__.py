from . import ladder
from . import response
from . import review
