import {Component, useState, xml} from "@odoo/owl";
import {
    animationFrame,
    click,
    expect,
    press,
    queryFirst,
    test,
    waitUntil,
} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {mountWithCleanup, patchWithCleanup} from "@web/../tests/web_test_helpers";
import {RowViews} from "@mto_cascade/supply_tree/row_view";
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

test("a big tree opens at once, and the rest follows by itself", async () => {
    await mountTree(2999);
    expect("tr[data-position]").toHaveCount(100);
    expect(".o_mto_room").toHaveCount(58);
    await waitUntil(() => !queryFirst(".o_mto_room"), {timeout: 10000});
    // All of it is in the page: to be searched there, printed, read aloud.
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

test("folding a row draws its own piece anew, not the others", async () => {
    const tree = makeTree(1200);
    // The last one has a part of its own.
    tree.rows[1200] = {...tree.rows[1200], has_children: true};
    tree.rows.push({...tree.rows[1], parent: 1200, level: 2});
    const drawn = [];
    patchWithCleanup(RowViews.prototype, {
        get(position) {
            drawn.push(position);
            return super.get(position);
        },
    });
    await mountTree(0, {tree});
    await waitUntil(() => !queryFirst(".o_mto_room"), {timeout: 10000});
    const toggle = async () => {
        drawn.length = 0;
        await click("tr[data-position='1200'] .o_mto_caret");
        await animationFrame();
    };
    await toggle();
    expect("tr[data-position='1201']").toHaveAttribute("aria-level", "3");
    // The first piece gave the focus away; all between stay.
    expect(Math.max(...drawn.filter((position) => position < 1200))).toBe(49);
    await toggle();
    expect(drawn).toEqual([1200, 1201]);
});

test("a folded row stays where it is, hidden", async () => {
    await mountTree(120);
    await waitUntil(() => !queryFirst(".o_mto_room"), {timeout: 10000});
    const row = queryFirst("tr[data-position='120']");
    await click("tr[data-position='0'] .o_mto_caret");
    await animationFrame();
    expect("tbody tr:visible").toHaveCount(1);
    expect("tr[data-position='120']").toHaveProperty("hidden", true);
    await click("tr[data-position='0'] .o_mto_caret");
    await animationFrame();
    expect("tbody tr:visible").toHaveCount(121);
    expect(queryFirst("tr[data-position='120']")).toBe(row);
});

test("the arrows go on from a row that was folded with the mouse", async () => {
    await mountTree(5);
    queryFirst("tr[data-position='3']").focus();
    await click("tr[data-position='0'] .o_mto_caret");
    await animationFrame();
    expect("tr[data-position='0']").toBeFocused();
    await press("ArrowRight");
    await animationFrame();
    await press("ArrowDown");
    await animationFrame();
    expect("tr[data-position='1']").toBeFocused();
});

test("a click on a document opens it, a click beside it does not", async () => {
    const tree = makeTree(2);
    tree.columns.push({name: "document", label: "Document", type: "document"});
    Object.assign(tree.rows[2], {model: "mrp.production", res_id: 5});
    tree.rows[2].cells.document = "WH/MO/5";
    const openDocument = (row) => expect.step(`${row.model} ${row.res_id}`);
    await mountTree(0, {tree, openDocument});
    await click("tr[data-position='2'] td:first");
    expect.verifySteps([]);
    await click("a:contains(WH/MO/5)");
    expect.verifySteps(["mrp.production 5"]);
    queryFirst("tr[data-position='2']").focus();
    await press("Enter");
    expect.verifySteps(["mrp.production 5"]);
});

test("the arrows walk, fold and unfold", async () => {
    await mountTree(2);
    queryFirst("tbody tr").focus();
    await press("ArrowDown");
    await animationFrame();
    expect("tr[data-position='1']").toBeFocused();
    expect("tr[data-position='1']").toHaveAttribute("tabindex", "0");
    await press("ArrowLeft");
    await animationFrame();
    expect("tr[data-position='0']").toBeFocused();
    await press("ArrowLeft");
    await animationFrame();
    expect("tbody tr:visible").toHaveCount(1);
    expect("tr[data-position='0']").toHaveAttribute("aria-expanded", "false");
    await press("ArrowRight");
    await animationFrame();
    expect("tbody tr:visible").toHaveCount(3);
    expect("tr[data-position='0']").toHaveAttribute("aria-expanded", "true");
});

test("bars and columns take turns in the same rows", async () => {
    const tree = makeTree(2);
    tree.columns.push({name: "state", label: "State", type: "state"});
    tree.timeline = {start: "start", end: "end", needed: "needed"};
    tree.timeline.columns = ["product", "state"];
    Object.assign(tree.rows[2].cells, {state: "Late", start: "2030-03-12 10:00:00"});
    class Parent extends Component {
        static components = {SupplyTree};
        static props = [];
        static template = xml`
            <button class="turn" t-on-click="() => this.state.bars = !this.state.bars"/>
            <SupplyTree tree="tree" open="open" timeline="state.bars"
                openDocument="() => {}"/>`;
        setup() {
            this.tree = tree;
            this.open = new Set([0]);
            this.state = useState({bars: false});
        }
    }
    await mountWithCleanup(Parent);
    const row = "tr[data-position='2']";
    expect(`${row} td`).toHaveCount(3);
    expect(`${row} td:eq(1)`).toHaveText("2 Units");
    expect(`${row} .badge`).toHaveText("Late");
    await click(".turn");
    await animationFrame();
    expect(`${row} td`).toHaveCount(3);
    expect(`${row} td:eq(1)`).toHaveText("Late");
    expect(`${row} .o_mto_bar`).toHaveCount(1);
    await click(".turn");
    await animationFrame();
    expect(`${row} td:eq(1)`).toHaveText("2 Units");
    expect(`${row} .badge`).toHaveText("Late");
});

test("folding and filtering show what is left", async () => {
    await mountTree(3);
    await click("tbody tr .o_mto_caret");
    await animationFrame();
    expect("tbody tr:visible").toHaveCount(1);
});

test("only problems, with the way to them", async () => {
    await mountTree(3, {onlyProblems: true});
    expect("tbody tr").toHaveCount(2);
    expect("tbody tr:eq(1)").toHaveText(/Part 2/);
});
