import {RowViews, getColumnClass} from "@mto_cascade/supply_tree/row_view";
import {allowTranslations, patchWithCleanup} from "@web/../tests/web_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {localization} from "@web/core/l10n/localization";

describe.current.tags("headless");

beforeEach(() => {
    allowTranslations();
    patchWithCleanup(localization, {
        dateFormat: "MM/dd/yyyy",
        decimalPoint: ".",
        grouping: [3, 0],
        thousandsSep: ",",
    });
});

const COLUMNS = [
    {name: "product", label: "Product", type: "text"},
    {name: "quantity", label: "Quantity", type: "quantity", with_total: true},
    {name: "document", label: "Document", type: "document"},
    {name: "state", label: "State", type: "state"},
    {name: "slack", label: "Days of Slack", type: "number", optional: true},
    {name: "progress", label: "Progress", type: "progress"},
    {name: "why", label: "Why", type: "text", small: true},
];

const ROW = {
    parent: -1,
    level: 2,
    has_children: true,
    cells: {
        product: "Wheel",
        quantity: {value: 2.5, total: 10, uom: "Units"},
        document: "WH/MO/1",
        state: "Late",
        slack: -3,
        progress: 0.256,
        why: "Rule 'Wheels' decides",
    },
    tone: "danger",
    problem: true,
    model: "mrp.production",
    res_id: 7,
};

function makeView(values = {}, cells = {}) {
    const row = {...ROW, ...values, cells: {...ROW.cells, ...cells}};
    return new RowViews([row], COLUMNS).get(0);
}

function getCell(name, values, cells) {
    const position = COLUMNS.findIndex((column) => column.name === name);
    const {key, template, ...cell} = makeView(values, cells).cells[position - 1];
    expect(key).toBe(`${name} ${template}`);
    return {...cell, kind: template.split(".")[2]};
}

test("a row tells its level, its name and that it is a problem", () => {
    const view = makeView();
    expect(view.level).toBe(3);
    expect(view.name).toBe("Wheel");
    expect(view.classes).toBe("o_mto_problem");
    expect(view.indent).toBe(
        "padding-inline-start: calc(2 * var(--o-mto-indent) + 1.5rem)"
    );
    expect(makeView({level: 0, problem: false, tone: "muted"}).classes).toBe(
        "text-muted fw-bold"
    );
});

test("a part of a quantity is told with its total", () => {
    expect(getCell("quantity")).toEqual({
        kind: "share",
        classes: "o_mto_numeric",
        text: "2.5",
        total: "10",
        uom: "Units",
    });
    const quantity = {value: 0.001, total: false, uom: "kg"};
    const cell = getCell("quantity", {}, {quantity});
    expect([cell.kind, cell.text, cell.uom]).toEqual(["quantity", "0.001", "kg"]);
    expect(getCell("quantity", {}, {quantity: false}).text).toBe("");
});

test("only what can be opened is a link", () => {
    expect(getCell("document")).toEqual({kind: "link", classes: "", text: "WH/MO/1"});
    expect(getCell("document", {res_id: false}).kind).toBe(undefined);
    expect(getCell("document", {}, {document: false}).kind).toBe(undefined);
});

test("the state has the tone of the row", () => {
    expect(getCell("state").badge).toBe("text-bg-danger");
    expect(getCell("state", {tone: "muted"}).badge).toBe("text-bg-light border");
    expect(getCell("state", {}, {state: false}).text).toBe("");
});

test("numbers, fractions and long words", () => {
    const classes = "o_mto_numeric o_mto_optional";
    expect(getCell("slack")).toEqual({kind: undefined, classes, text: "-3"});
    expect(getCell("slack", {}, {slack: 0}).text).toBe("0");
    expect(getCell("slack", {}, {slack: false}).text).toBe("");
    const progress = getCell("progress");
    expect([progress.text, progress.width]).toEqual(["26 %", 25.6]);
    expect(getCell("progress", {}, {progress: false}).text).toBe("");
    expect(getCell("why").classes).toBe(" small text-danger");
    expect(getCell("why", {problem: false}).classes).toBe(" small");
});

test("classes of a column are those of its header", () => {
    expect(COLUMNS.map(getColumnClass)).toEqual([
        "",
        "o_mto_numeric",
        "",
        "",
        "o_mto_numeric o_mto_optional",
        "o_mto_numeric",
        "",
    ]);
});

test("bars and marks of a row with dates", () => {
    const day = 24 * 3600 * 1000;
    const scale = {
        range: {first: 0, last: 10 * day},
        names: ["start", "end", "needed"],
        today: 50,
    };
    const dates = {
        start: "1970-01-02 00:00:00",
        end: "1970-01-04 00:00:00",
        needed: "1970-01-06 00:00:00",
    };
    const row = {...ROW, cells: {...ROW.cells, ...dates}};
    const bare = {...ROW, tone: "muted"};
    const views = new RowViews([row, bare], COLUMNS, scale);
    const {today, bar, needed} = views.get(0).bar;
    expect(today).toBe("inset-inline-start: 50%");
    expect(bar.style).toBe("inset-inline-start: 10%; width: 20%");
    expect(bar.classes).toBe("bg-danger");
    expect(needed.style).toBe("inset-inline-start: 50%");
    expect(views.get(1).bar.bar).toBe(null);
    expect(views.get(1).bar.needed).toBe(false);
});
