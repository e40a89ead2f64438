import {
    animationFrame,
    click,
    expect,
    press,
    queryAll,
    queryFirst,
    test,
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

test("a big tree is drawn to the end, some rows in each frame", async () => {
    await mountTree(1200);
    expect(queryAll("tbody tr").length).toBe(200);
    await waitUntil(() => queryAll("tbody tr").length > 1200);
    expect("tbody tr").toHaveCount(1201);
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
