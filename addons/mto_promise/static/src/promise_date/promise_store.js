import {serializeDate, serializeDateTime} from "@web/core/l10n/dates";
import {ConnectionLostError} from "@web/core/network/rpc";
import {session} from "@web/session";
import {reactive, toRaw} from "@odoo/owl";

// A quotation with more lines is computed by a button.
export const LINES_WHILE_TYPING = 50;
// Milliseconds without a change before the dates are asked for.
const PAUSE = 250;

/** The value of a field as the server takes it; relations are ids. */
export function toServer(value, type) {
    if (type === "many2one") {
        return value ? value.id : false;
    }
    if (value && type === "datetime") {
        return serializeDateTime(value);
    }
    if (value && type === "date") {
        return serializeDate(value);
    }
    return value;
}

function readFields(record, names) {
    const values = {};
    for (const name of names) {
        if (name in record.data) {
            values[name] = toServer(record.data[name], record.fields[name].type);
        }
    }
    return values;
}

/** Lines that have a date: goods and services, no sections. */
function isDated(line) {
    const {display_type: displayType, product_id: product} = line.data;
    return !displayType && Boolean(product) && line.data.product_uom_qty > 0;
}

/**
 * What is asked of the server for the quotation as it stands on the screen.
 *
 * The server says what a date depends on, see `_get_typed_promise_fields`.
 */
export function readOrder(order) {
    const {order: orderFields, line: lineFields} = session.promise_fields;
    const lines = order.data.order_line.records.filter(isDated);
    return {
        order: {id: order.resId || false, ...readFields(order, orderFields)},
        lines: lines.map((line) => ({
            key: line.id,
            id: line.resId || false,
            ...readFields(line, lineFields),
        })),
    };
}

/**
 * The dates of one quotation, shared by its lines and its summary. They are asked for
 * once per change, after a pause in typing, and typing never waits for them.
 */
export class PromiseStore {
    /**
     * @param {Object} order record of the form
     * @param {Function} ask (values) => promise of {answers by key of the line, summary}
     */
    constructor(order, ask) {
        this.order = order;
        this.ask = ask;
        this.state = reactive({
            answers: {},
            summary: false,
            isBusy: false,
            isLong: false,
        });
        this.signature = "";
        this.timer = null;
    }

    get isQuotation() {
        return ["draft", "sent"].includes(this.order.data.state);
    }

    /**
     * Ask for the dates if anything they depend on is not what it was.
     *
     * @param {Object} [order] the same record, as seen by a component that is to be
     * rendered again when something of it changes
     */
    touch(order = this.order) {
        if (!this.isQuotation) {
            return;
        }
        const values = readOrder(order);
        const signature = JSON.stringify(values);
        if (signature === this.signature) {
            return;
        }
        this.signature = signature;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.onPause(values), PAUSE);
    }

    async onPause(values) {
        const isLong = this.order.data.order_line.count > LINES_WHILE_TYPING;
        Object.assign(this.state, {isLong});
        if (isLong || !values.lines.length) {
            Object.assign(this.state, {answers: {}, summary: false});
            return;
        }
        await this.load(values);
    }

    /** Compute a long quotation, asked for by its button. */
    async compute() {
        await this.load(readOrder(this.order));
    }

    async load(values) {
        const {signature} = this;
        this.state.isBusy = true;
        try {
            const {answers, summary} = await this.ask(values);
            // An answer to what was typed before is of no use.
            if (signature === this.signature) {
                Object.assign(this.state, {answers, summary});
            }
        } catch (error) {
            // Who types is not to be stopped; the button tells what is wrong. Nothing
            // is wrong where the page was left.
            if (!(error instanceof ConnectionLostError)) {
                console.warn("Dates could not be computed", error);
            }
            Object.assign(this.state, {answers: {}, summary: false});
        } finally {
            this.state.isBusy = false;
        }
    }
}

const stores = new WeakMap();

/** The store of a quotation, made with the first one who asks. */
export function getStore(record, orm) {
    // Each component sees the record through a proxy of its own.
    const order = toRaw(record);
    if (!stores.has(order)) {
        const ask = ({order: values, lines}) =>
            orm.silent.call("sale.order", "read_typed_promise", [values, lines]);
        stores.set(order, new PromiseStore(order, ask));
    }
    return stores.get(order);
}
