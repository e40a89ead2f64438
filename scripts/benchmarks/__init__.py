"""What `scripts/bench` measures: each figure is a ratio, taken in one run.

A benchmark compares two sides that do the same work: our modules against stock Odoo,
or many records against few. Each side has a database of its own (a clone of a
template) and a fresh process; what it does is not committed. Nothing here is a test
of scripts/test, and nothing needs Odoo until it runs.

registry.py    rows, sides and soak jobs: the decorators that register them
bench.py       what a side is given: an environment, a warm-up, the meter
structures.py  generated products, bills of materials and orders of a named size
documents.py   what an order has led to, to compare two sides
<module>.py    the rows and soak jobs of one of our modules

To measure something of a module, add to its file here (files are found by
themselves):

    @row("L3 B3 S2 N10", "L1 B3 S0 N50", limit=1.10, same=True)
    def confirm_policy(size):
        "Confirm an order: policies, against stock Odoo with MTO routes."
        return (
            Side("suite", confirm, size, "make_to_order"),
            Side("stock", confirm, size, "mto"),
        )

    def confirm(bench, size, supply):
        order = ...                       # made with bench.env
        bench.keep()                      # commit it: the database is thrown away
        bench.warm_up(small.action_confirm)         # then rolled back
        bench.measure(order.action_confirm)         # with an empty cache, and flushed
        return documents(order)           # facts; with same=True both sides' are equal

`scripts/bench confirm_policy` measures it, `--size L1B1S0N1` at another size, `--list`
names all. The limit is of the ratio ours / against, of the queries unless `of` says
"cpu", "seconds" or "memory"; `most` limits our own figure instead.
`bench.problem(text)` fails a row whatever its figures. Equal sides of several rows are
measured once.

A soak job plays one random life for a seed and raises where something is wrong:

    @soak
    def order_lives(bench, seed):
        "Confirm, raise, split and cancel at random."
        random = Random(seed)
        ...

`scripts/bench --soak 30` plays lives for 30 minutes, each rolled back, and prints the
seed of each that fails; `--soak 0 --seed 123` plays that one again.
"""
