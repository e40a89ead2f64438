import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {click, queryAllTexts} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {session} from "@web/session";
import {
    LINES_WHILE_TYPING,
    PromiseStore,
} from "@mto_promise/promise_date/promise_store";

describe.current.tags("desktop");

class Product extends models.Model {
    _name = "product.product";
    _records = [{id: 1, name: "Cargo bike"}];
    name = fields.Char();
}

class OrderLine extends models.Model {
    _name = "sale.order.line";
    _records = [
        {id: 11, order_id: 1, product_id: 1, product_uom_qty: 20},
        {id: 12, order_id: 1, product_id: 1, product_uom_qty: 2},
        {id: 13, order_id: 1, display_type: "line_note"},
    ];
    order_id = fields.Many2one({relation: "sale.order"});
    product_id = fields.Many2one({relation: "product.product"});
    product_uom_qty = fields.Float();
    display_type = fields.Char();
    scheduled_date = fields.Datetime();
    promised_date = fields.Datetime();
}

class Order extends models.Model {
    _name = "sale.order";
    _records = [{id: 1, state: "draft", order_line: [11, 12, 13]}];
    state = fields.Char();
    locked = fields.Boolean();
    promise_weeks = fields.Integer();
    order_line = fields.One2many({
        relation: "sale.order.line",
        relation_field: "order_id",
    });
}

defineMailModels();
defineModels([Product, OrderLine, Order]);

const ARCH = `
    <form>
        <field name="promise_weeks"/>
        <widget name="promise_summary"/>
        <field name="order_line">
            <list editable="bottom">
                <field name="product_id"/>
                <field name="product_uom_qty"/>
                <field name="scheduled_date" string="Earliest" widget="promise_earliest" readonly="1"/>
                <field name="promised_date" widget="promise_date"/>
            </list>
        </field>
    </form>`;

const SENTENCE = "Brake kit: 14 of 20 on hand; the other 6 need 21 days";

function makeAnswer(values = {}) {
    return {
        earliest: "2026-03-03 12:00:00",
        not_before: "2026-03-03 12:00:00",
        told: false,
        order_by: false,
        state: "in_time",
        state_label: "In time",
        message: SENTENCE,
        quantity_on_wanted: 14,
        uom: "Units",
        weeks: 3,
        parts: [],
        path: [],
        remarks: [],
        over_target: false,
        ...values,
    };
}

/** Open the quotation; each question is a step, `answer` tells of each line. */
async function openQuotation(answer = makeAnswer) {
    onRpc("sale.order", "read_typed_promise", ({args: [, lines]}) => {
        expect.step(
            `asked for ${lines.map((line) => line.product_uom_qty).join(", ")}`
        );
        const answers = Object.fromEntries(
            lines.map((line) => [
                line.key,
                answer(line.id === 11 ? {state: "late"} : {}),
            ])
        );
        const summary = {...makeAnswer(), state: "late", weeks: 3};
        return {answers, summary};
    });
    await mountView({type: "form", resModel: "sale.order", resId: 1, arch: ARCH});
    await settle();
}

async function settle() {
    await animationFrame();
    await advanceTime(300);
    await animationFrame();
}

beforeEach(() => {
    mockDate("2026-02-10 10:00:00");
    patchWithCleanup(session, {
        promise_fields: {
            order: ["promise_weeks", "state_of_another_module"],
            line: ["product_id", "product_uom_qty", "promised_date"],
        },
    });
});

test("each line tells its earliest date, asked for once for all of them", async () => {
    await openQuotation();
    expect.verifySteps(["asked for 20, 2"]);
    expect(".o_mto_promise_earliest").toHaveCount(2);
    expect(".o_mto_promise_earliest:first").toHaveText(/Mar 3/);
    expect(".o_mto_promise_earliest[data-state=late].text-danger").toHaveCount(1);
    expect(".o_mto_promise_earliest[data-state=in_time].text-success").toHaveCount(1);
});

test("the popover tells one day as one day", async () => {
    const step = {document: false, supply_label: "Buy", vendor: false, end: false};
    const path = [
        {...step, product: "Frame", days: 1},
        {...step, product: "Tube", days: 12},
    ];
    await openQuotation((values) => makeAnswer({...values, path}));
    expect.verifySteps(["asked for 20, 2"]);
    await contains(".o_mto_promise_earliest:first").click();
    await contains(".o_mto_promise_popover summary").click();
    expect(queryAllTexts(".o_mto_promise_days")).toEqual(["1 day", "12 days"]);
});

test("a change is asked for after a pause, and nothing else is", async () => {
    await openQuotation();
    expect.verifySteps(["asked for 20, 2"]);
    await contains(".o_data_row:eq(1) [name=product_uom_qty]").click();
    await contains(".o_data_row:eq(1) [name=product_uom_qty] input").edit("5");
    await settle();
    expect.verifySteps(["asked for 20, 5"]);
    await settle();
    expect.verifySteps([]);
});

test("the date is used as the promise of the line", async () => {
    await openQuotation();
    await click(".o_mto_promise_earliest:first");
    await animationFrame();
    expect(".o_mto_promise_message").toHaveText(SENTENCE);
    await click(".o_mto_promise_use");
    await settle();
    expect(".o_mto_promise_popover").toHaveCount(0);
    expect(".o_data_row:first td[name=promised_date]").toHaveText(/Mar 3/);
    expect(".o_data_row:eq(1) td[name=promised_date]").not.toHaveText(/Mar 3/);
    // The promise is a part of the question: can it be kept?
    expect.verifySteps(["asked for 20, 2", "asked for 20, 2"]);
});

test("two parts are offered only where there are two", async () => {
    const parts = [
        {quantity: 14, date: "2026-02-12 12:00:00"},
        {quantity: 6, date: "2026-03-03 12:00:00"},
    ];
    await openQuotation((values) =>
        makeAnswer({...values, parts: values.state === "late" ? parts : []})
    );
    await click(".o_mto_promise_earliest:eq(1)");
    await animationFrame();
    expect(".o_mto_promise_parts").toHaveCount(0);
    await click(".o_mto_promise_earliest:first");
    await animationFrame();
    expect(".o_mto_promise_parts").toHaveText(
        /Deliver 14 Units on Feb 12, 6 Units on Mar 3/
    );
    expect.verifySteps(["asked for 20, 2"]);
});

test("all lines are promised their earliest dates, or weeks from the order", async () => {
    await openQuotation();
    expect(".o_mto_promise_summary").toHaveText(/All of it by Mar 3/);
    await contains(".o_mto_promise_weeks").click();
    expect("[name=promise_weeks] input").toHaveValue("3");
    await contains(".o_mto_promise_summary button:contains(earliest)").click();
    await settle();
    expect(".o_data_row td[name=promised_date]:contains(Mar 3)").toHaveCount(2);
    expect.verifySteps(["asked for 20, 2", "asked for 20, 2"]);
});

test("what cannot be dated says so", async () => {
    await openQuotation(() =>
        makeAnswer({earliest: false, not_before: false, state: "unknown"})
    );
    expect(".o_mto_promise_earliest:first").toHaveText("no date");
    await click(".o_mto_promise_earliest:first");
    await animationFrame();
    expect(".o_mto_promise_use").toHaveCount(0);
    expect.verifySteps(["asked for 20, 2"]);
});

test("a confirmed order asks for nothing", async () => {
    Order._records[0].state = "sale";
    await openQuotation();
    expect.verifySteps([]);
    expect(".o_mto_promise_summary").toHaveCount(0);
});

function makeOrder(count) {
    const line = (index) => ({
        id: `line_${index}`,
        resId: index,
        data: {product_id: {id: 1}, product_uom_qty: 1, display_type: false},
        fields: {product_id: {type: "many2one"}, product_uom_qty: {type: "float"}},
    });
    const records = Array.from({length: count}, (_item, index) => line(index));
    return {resId: 1, data: {state: "draft", order_line: {records, count}}, fields: {}};
}

test("a long quotation is computed by its button only", async () => {
    const store = new PromiseStore(makeOrder(LINES_WHILE_TYPING + 1), ({lines}) => {
        expect.step(`asked for ${lines.length}`);
        return {answers: {}, summary: {state: "in_time"}};
    });
    store.touch();
    await advanceTime(300);
    expect(store.state.isLong).toBe(true);
    expect.verifySteps([]);
    await store.compute();
    expect.verifySteps([`asked for ${LINES_WHILE_TYPING + 1}`]);
    expect(store.state.summary.state).toBe("in_time");
});

test("an answer to what was typed before is not shown", async () => {
    const order = makeOrder(1);
    const waiting = [];
    const store = new PromiseStore(
        order,
        () => new Promise((done) => waiting.push(done))
    );
    store.touch();
    await advanceTime(300);
    order.data.order_line.records[0].data.product_uom_qty = 2;
    store.touch();
    await advanceTime(300);
    waiting[1]({answers: {line_0: "new"}, summary: false});
    waiting[0]({answers: {line_0: "old"}, summary: false});
    await animationFrame();
    expect(store.state.answers.line_0).toBe("new");
});

test("an error leaves the screen without dates and in peace", async () => {
    const store = new PromiseStore(makeOrder(1), () => Promise.reject(new Error("no")));
    store.touch();
    await advanceTime(300);
    await animationFrame();
    expect(store.state.answers).toEqual({});
    expect(store.state.isBusy).toBe(false);
});
