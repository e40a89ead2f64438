import {
    animationFrame,
    click,
    expect,
    press,
    queryAll,
    queryFirst,
    test,
    waitFor,
    waitUntil,
} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {mountWithCleanup} from "@web/../tests/web_test_helpers";
import {SupplyTree} from "@mto_cascade/supply_tree/supply_tree";

defineMailModels();

/** `count` parts below one product. */
function makeTree(count) {
    const parts = Array.from({length: count}, (_item, index) => ({
        parent: 0,
        level: 1,
        has_children: false,
        cells: {product: `Part ${index}`, quantity: {value: 2, uom: "Units"}},
        tone: "",
        problem: index === count - 1,
        model: false,
        res_id: false,
    }));
    const top = {...parts[0], parent: -1, level: 0, has_children: true, problem: false};
    return {
        columns: [
            {name: "product", label: "Product", type: "text"},
            {name: "quantity", label: "Quantity", type: "quantity"},
        ],
        rows: [{...top, cells: {product: "Machine"}}, ...parts],
    };
}

function mountTree(count, props = {}) {
    const tree = makeTree(count);
    return mountWithCleanup(SupplyTree, {
        props: {tree, open: new Set([0]), openDocument: () => undefined, ...props},
    });
}

test("a small tree is drawn at once", async () => {
    await mountTree(5);
    expect("tbody tr").toHaveCount(6);
});

test("a big tree is drawn where it is looked at", async () => {
    await mountTree(1200);
    expect("tr[data-position]").toHaveCount(100);
    const rooms = queryAll(".o_mto_room");
    expect(rooms).toHaveCount(23);
    rooms.at(-1).scrollIntoView();
    await waitFor("tr[data-position='1200']");
    expect(queryAll("tr[data-position]").length).toBeLessThan(1201);
});

test("all of 3,000 rows are painted when all of them are looked at", async () => {
    await mountTree(2999);
    expect("tr[data-position]").toHaveCount(100);
    // From far away, as on paper.
    const table = queryFirst("table");
    table.style.transformOrigin = "top left";
    table.style.transform = "scale(0.002)";
    await waitUntil(() => !queryFirst(".o_mto_room"), {timeout: 10000});
    expect("tr[data-position]").toHaveCount(3000);
    expect("tr[data-position='2999']").toHaveText(/Part 2998/);
});

test("the last row can be reached before it was drawn", async () => {
    await mountTree(1200);
    queryFirst("tbody tr").focus();
    await press("End");
    await animationFrame();
    expect("tr[data-position='1200']").toBeFocused();
});

test("folding and filtering show what is left", async () => {
    await mountTree(3);
    await click("tbody tr .o_mto_caret");
    await animationFrame();
    expect("tbody tr").toHaveCount(1);
});

test("only problems, with the way to them", async () => {
    await mountTree(3, {onlyProblems: true});
    expect("tbody tr").toHaveCount(2);
    expect("tbody tr:eq(1)").toHaveText(/Part 2/);
});
