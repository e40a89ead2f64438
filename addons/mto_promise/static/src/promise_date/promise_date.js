import {Component, toRaw, useComponent, useState} from "@odoo/owl";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {usePopover} from "@web/core/popover/popover_hook";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {formatFloat} from "@web/core/utils/numbers";
import {formatDateTime} from "@web/views/fields/formatters";
import {DateTimeField, dateTimeField} from "@web/views/fields/datetime/datetime_field";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {getStore} from "./promise_store";

export const TONES = {
    in_time: "text-success",
    tight: "text-warning",
    late: "text-danger",
    unknown: "text-muted",
};

/** 'Mar 3' in the reader's format, of a moment in UTC. */
export function tellDate(value) {
    return value ? formatDateTime(deserializeDateTime(value), {showTime: false}) : "";
}

/** '1 day', '3 days' */
export function tellDays(days) {
    return days === 1 ? _t("1 day") : _t("%s days", days);
}

/**
 * Subscribe a component to the dates of its quotation.
 *
 * @param {Function} getOrder record of the quotation, of the component's record
 */
function usePromises(getOrder) {
    const {props, env} = useComponent();
    // The store lives longer than each of its lines: not the service of a component,
    // which answers no more once that is gone.
    const {orm} = env.services;
    const holder = useState({store: getStore(getOrder(props.record), orm)});
    useRecordObserver((record) => {
        // Values of a record are no reactive object: reading them is what subscribes.
        const order = record.data && getOrder(record);
        const store = getStore(order, orm);
        if (store !== toRaw(holder).store) {
            holder.store = store;
        }
        store.touch(order);
    });
    return holder;
}

export class PromisePopover extends Component {
    static template = "mto_promise.PromisePopover";
    static props = {record: Object, answer: Object, order: Object, close: Function};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.tellDate = tellDate;
        this.tellDays = tellDays;
    }

    get answer() {
        return this.props.answer;
    }

    get canWrite() {
        return this.props.order.isInEdition && !this.props.order.data.locked;
    }

    tellQuantity(quantity) {
        return `${formatFloat(quantity, {trailingZeros: false})} ${this.answer.uom}`;
    }

    get partsLabel() {
        const [first, second] = this.answer.parts;
        return _t("Deliver %(first)s on %(soon)s, %(second)s on %(later)s", {
            first: this.tellQuantity(first.quantity),
            soon: tellDate(first.date),
            second: this.tellQuantity(second.quantity),
            later: tellDate(second.date),
        });
    }

    async useDate() {
        const moment = deserializeDateTime(this.answer.earliest);
        await this.props.record.update({promised_date: moment});
        this.props.close();
    }

    /** The dialog of the server, with these parts; the line has to be saved for it. */
    async deliverInParts() {
        const {order, record} = this.props;
        const position = order.data.order_line.records.indexOf(record);
        if (!(await order.save())) {
            return;
        }
        const lineId = record.resId || order.data.order_line.records[position]?.resId;
        // Before the popover is closed: who is gone gets no answers.
        const action = await this.orm.call("sale.order.line", "action_split_delivery", [
            [lineId],
        ]);
        this.props.close();
        await this.action.doAction(action, {onClose: () => order.load()});
    }

    async showSupply() {
        const {order} = this.props;
        if (!(await order.save())) {
            return;
        }
        this.props.close();
        await this.action.doAction("mto_cascade.action_preview_order", {
            additionalContext: {active_ids: [order.resId], active_id: order.resId},
        });
    }

    openRecord(remark) {
        this.props.close();
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: remark.model,
            res_id: remark.res_id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

/** What the fields of a line have in common: the answer, and the popover on a click. */
class PromiseField extends Component {
    static props = {...standardFieldProps};

    setup() {
        this.promises = usePromises((record) => record._parentRecord);
        this.popover = usePopover(PromisePopover, {position: "top"});
        this.tellDate = tellDate;
    }

    get order() {
        return this.props.record._parentRecord;
    }

    get answer() {
        return this.promises.store.state.answers[this.props.record.id];
    }

    get tone() {
        return TONES[this.answer?.state] || "";
    }

    open(ev) {
        this.popover.open(ev.currentTarget, {
            record: this.props.record,
            answer: this.answer,
            order: this.order,
        });
    }
}

/** The earliest date of a line with its colour. */
export class PromiseEarliest extends PromiseField {
    static template = "mto_promise.PromiseEarliest";
}

/** The sentence of a line: what decides its date. */
export class PromiseSentence extends PromiseField {
    static template = "mto_promise.PromiseSentence";
}

/** The promised date, with the earliest one where nothing is promised yet. */
export class PromiseDate extends PromiseField {
    static template = "mto_promise.PromiseDate";
    static components = {DateTimeField};
    static props = {...DateTimeField.props};

    get dateProps() {
        return {
            ...this.props,
            showTime: false,
            placeholder: tellDate(this.answer?.earliest) || this.props.placeholder,
        };
    }
}

/** All lines together, above them. */
export class PromiseSummary extends Component {
    static template = "mto_promise.PromiseSummary";
    static props = {...standardWidgetProps};

    setup() {
        this.promises = usePromises((record) => record);
        this.tellDate = tellDate;
        this.tones = TONES;
    }

    get state() {
        return this.promises.store.state;
    }

    get summary() {
        return this.state.summary;
    }

    get canWrite() {
        return this.props.record.isInEdition && !this.props.record.data.locked;
    }

    get isShown() {
        return this.promises.store.isQuotation && (this.summary || this.state.isLong);
    }

    compute() {
        return toRaw(this.promises.store).compute();
    }

    /** Promise so many weeks from the order, for all lines without a date. */
    async useWeeks() {
        await this.props.record.update({promise_weeks: this.summary.weeks});
    }

    /** Promise every line its earliest date. */
    async useDates() {
        const {answers} = this.state;
        for (const line of this.props.record.data.order_line.records) {
            const earliest = answers[line.id]?.earliest;
            if (earliest) {
                await line.update({promised_date: deserializeDateTime(earliest)});
            }
        }
    }
}

const LINE_DEPENDENCIES = [
    {name: "product_id", type: "many2one", relation: "product.product"},
    {name: "product_uom_qty", type: "float"},
    {name: "display_type", type: "selection"},
];

registry.category("fields").add("promise_date", {
    ...dateTimeField,
    component: PromiseDate,
    fieldDependencies: LINE_DEPENDENCIES,
});
registry.category("fields").add("promise_earliest", {
    component: PromiseEarliest,
    supportedTypes: ["datetime"],
    fieldDependencies: LINE_DEPENDENCIES,
});
registry.category("fields").add("promise_sentence", {
    component: PromiseSentence,
    supportedTypes: ["datetime"],
    fieldDependencies: LINE_DEPENDENCIES,
});
registry.category("view_widgets").add("promise_summary", {
    component: PromiseSummary,
    fieldDependencies: [
        {name: "promise_weeks", type: "integer", readonly: false},
        {name: "state", type: "selection"},
        {name: "locked", type: "boolean"},
    ],
});
