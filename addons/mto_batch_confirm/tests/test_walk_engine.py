"""The order of a walk by levels, in plain Python."""

from odoo.tests import BaseCase, tagged

from ..engine import LAST, Call, Claim, rounds, split_claims, split_ready

# A wheel needs a hub, and both need spokes; a frame needs a tube.
REACH = {
    "wheel": {"hub", "spoke"},
    "hub": {"spoke"},
    "frame": {"tube"},
    "spoke": set(),
    "tube": set(),
}


def call(rank, *products):
    return Call(rank, list(enumerate(products)))


def names(calls):
    return [(c.rank, [product for _place, product in c.demands]) for c in calls]


@tagged("post_install", "-at_install")
class TestWalkEngine(BaseCase):
    def _split(self, *calls, claimed=(), reach=None):
        ready, waiting = split_ready(calls, str, reach or REACH, claimed)
        return names(ready), names(waiting)

    def test_product_waits_for_what_leads_to_it(self):
        ready, waiting = self._split(call((1,), "hub", "frame"), call((0,), "wheel"))
        self.assertEqual(ready, [((0,), ["wheel"]), ((1,), ["frame"])])
        self.assertEqual(waiting, [((1,), ["hub"])])

    def test_product_waits_for_a_claim(self):
        ready, waiting = self._split(call((0,), "hub"), claimed={"wheel"})
        self.assertEqual((ready, waiting), ([], [((0,), ["hub"])]))

    def test_circle(self):
        """Products that need each other do not wait for ever."""
        ready, waiting = self._split(
            call((0,), "a"), call((1,), "b"), reach={"a": {"a", "b"}, "b": {"a", "b"}}
        )
        self.assertEqual(len(ready), 2)
        self.assertFalse(waiting)

    def test_claims_in_the_order_of_ranks(self):
        """What leads to nothing waits for all else; the rest goes by rank."""
        late, early = Claim((1, LAST), 5, "hub"), Claim((0, 3, LAST), 7, "hub")
        part = Claim((0, LAST), 6, "tube")
        ready, waiting = split_claims([late, early, part], set(), REACH)
        self.assertEqual((ready, waiting), ([early, late], [part]))
        self.assertEqual(split_claims(waiting, set(), REACH), ([part], []))
        self.assertEqual(split_claims([late], {"wheel"}, REACH), ([], [late]))

    def test_always_somebody_is_ready(self):
        """Of any queue, a call or a claim has its turn."""
        for queued in (set(), {"wheel"}, {"hub"}, {"spoke"}, {"frame", "hub"}):
            for claimed in ({"wheel"}, {"hub", "tube"}, {"spoke"}, {"tube", "spoke"}):
                claims = [Claim((0,), 1, product) for product in claimed]
                calls = [call((0,), *sorted(queued))] if queued else []
                now, _later = split_claims(claims, queued, REACH)
                ready, _waiting = split_ready(calls, str, REACH, claimed)
                self.assertTrue(now or ready, (queued, claimed))

    def test_rounds(self):
        """What one call asks for stays together; a later one has its own round."""
        found = rounds([call((1,), "a", "b"), call((0,), "a", "a")], str)
        self.assertEqual(found, [["a", "a", "b"], ["a"]])
