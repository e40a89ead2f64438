from .launch import (
    Arrival,
    Check,
    Component,
    Expected,
    Facts,
    Maker,
    Order,
    Part,
    check_launch,
)
from .plan import (
    Deviation,
    Figure,
    add_up,
    compare_figures,
    divide,
    is_above,
)
from .recurring import Diagnosis, Series, diagnose
