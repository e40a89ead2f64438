"""Who serves whom, with quantities: plain Python, no Odoo import."""

from .circles import find_circles
from .exchange import Offer, choose_offers, choose_returns, sort_offers
from .expected import FreeSupply, OpenDemand, hand_out, make_expected_pegs
from .pegging import TINY, Demand, Facts, Peg, Supply, make_pegs, surplus
from .progress import LineFacts, get_step
from .projection import Plan, Projection, get_chain, project_dates
from .rows import SupplyRow, make_rows
from .shares import Shares, split_exactly
