import {deserializeDateTime, formatDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {getBar, getPlace, toMoment} from "./timeline";
import {getWidths} from "./column_widths";

const NUMERIC = ["quantity", "number", "money", "progress"];
const CELL = "mto_cascade.SupplyTreeCell";
// Room for the caret of a row, and what each level is moved by.
const CARET = "1.5rem";
const INDENT = "var(--o-mto-indent)";

/** Classes of a column, for its header and its cells. */
export function getColumnClass(column) {
    const classes = [];
    if (NUMERIC.includes(column.type)) {
        classes.push("o_mto_numeric");
    }
    if (column.optional) {
        classes.push("o_mto_optional");
    }
    return classes.join(" ");
}

function getIndent(level) {
    return `calc(${level} * ${INDENT} + ${CARET})`;
}

/** `compute`, asked once for each value: the same words stand in many rows. */
function remembered(compute) {
    const known = new Map();
    return (value) => {
        if (!known.has(value)) {
            known.set(value, compute(value));
        }
        return known.get(value);
    };
}

/**
 * What is drawn of rows: words, classes and places, ready for the templates. Thousands
 * of rows are drawn at once, so that nothing is computed, read through a proxy or
 * decided while drawing.
 */
export class RowViews {
    /**
     * @param {Object[]} rows as `get_tree` of the model `mto.supply.tree` answers
     * @param {Object[]} columns those that are shown
     * @param {Object} [scale] of the timeline: `range`, `today` and `names` of the cells
     */
    constructor(rows, columns, scale) {
        this.rows = rows;
        this.columns = columns;
        this.scale = scale;
        this.classes = columns.map(getColumnClass);
        this.views = [];
        this.formatDay = remembered((text) => formatDate(deserializeDateTime(text)));
        this.formatQuantity = remembered((value) => this.formatNumber(value, 6));
    }

    /** What is drawn of the row at this position. */
    get(position) {
        this.views[position] ||= this.makeView(position);
        return this.views[position];
    }

    makeView(position) {
        const row = this.rows[position];
        return {
            position,
            level: row.level + 1,
            hasChildren: row.has_children,
            classes: this.getClasses(row),
            name: this.format(this.columns[0], row.cells[this.columns[0].name]),
            indent: `padding-inline-start: ${getIndent(row.level)}`,
            cells: this.makeCells(row),
            bar: this.scale && this.makeBar(row),
        };
    }

    /** The cells behind the name; what is of another kind is another cell. */
    makeCells(row) {
        return this.columns.slice(1).map((column, index) => {
            const cell = this.makeCell(row, column, this.classes[index + 1]);
            return {key: `${column.name} ${cell.template}`, ...cell};
        });
    }

    getClasses(row) {
        const classes = [];
        if (row.problem) {
            classes.push("o_mto_problem");
        }
        if (row.tone === "muted") {
            classes.push("text-muted");
        }
        if (row.level === 0) {
            classes.push("fw-bold");
        }
        return classes.join(" ");
    }

    makeCell(row, column, classes) {
        const value = row.cells[column.name];
        const text = {template: CELL, classes, text: this.format(column, value)};
        switch (column.type) {
            case "quantity":
                return value ? this.makeQuantity(value, classes) : {...text, text: ""};
            case "document":
                return row.res_id && value ? {...text, template: `${CELL}.link`} : text;
            case "state":
                return value ? this.makeState(row, text) : text;
            case "progress":
                return typeof value === "number"
                    ? {...text, template: `${CELL}.progress`, width: value * 100}
                    : {...text, text: ""};
            default:
                return column.small ? this.makeSmall(row, text) : text;
        }
    }

    makeQuantity({value, total, uom}, classes) {
        return {
            template: total ? `${CELL}.share` : `${CELL}.quantity`,
            classes,
            text: this.formatQuantity(value),
            total: total && this.formatQuantity(total),
            uom,
        };
    }

    makeState(row, cell) {
        const hasTone = row.tone && row.tone !== "muted";
        return {
            ...cell,
            template: `${CELL}.state`,
            badge: hasTone ? `text-bg-${row.tone}` : "text-bg-light border",
        };
    }

    makeSmall(row, cell) {
        const tone = row.problem ? " text-danger" : "";
        return {...cell, classes: `${cell.classes} small${tone}`};
    }

    // Widths

    /** Styles of the columns and of the table, see `getWidths`. */
    getLayout() {
        const longest = this.columns.map((column) => this.getLongest(column));
        const {columns, least, leastNarrow} = getWidths(this.columns, longest);
        const deepest = this.rows.reduce((most, row) => Math.max(most, row.level), 0);
        const room = getIndent(deepest);
        return {
            columns: columns.map((width) => (width ? `width: ${width}ch` : "")),
            table:
                `--o-mto-least: calc(${least}ch + ${room});` +
                `--o-mto-least-narrow: calc(${leastNarrow}ch + ${room});`,
        };
    }

    /** Characters of the longest cell of a column. */
    getLongest(column) {
        const values = this.rows.map((row) => row.cells[column.name]).filter(Boolean);
        // All dates are as long as one.
        const measured = column.type === "date" ? values.slice(0, 1) : values;
        return measured.reduce(
            (most, value) => Math.max(most, this.getLength(column, value)),
            0
        );
    }

    getLength(column, value) {
        if (column.type !== "quantity") {
            return String(this.format(column, value)).length;
        }
        const {text, total, uom} = this.makeQuantity(value, "");
        return [text, total && `of ${total}`, uom].filter(Boolean).join(" ").length;
    }

    // Words

    format(column, value) {
        if (value === undefined || value === null || value === false || value === "") {
            return "";
        }
        switch (column.type) {
            case "date":
                return this.formatDay(value);
            case "progress":
                return `${Math.round(value * 100)} %`;
            case "number":
            case "money":
                return this.formatNumber(value, column.digits ?? 0);
            default:
                return value;
        }
    }

    formatNumber(value, digits) {
        return formatFloat(value, {digits: [0, digits], trailingZeros: false});
    }

    // Timeline

    /** Place of the row's bar and of the moment it is needed, null without dates. */
    makeBar(row) {
        const {range, today, names} = this.scale;
        const [start, end, needed] = names.map((name) => row.cells[name]);
        const bar = getBar(range, start, end);
        const moment = toMoment(needed);
        const tone = !row.tone || row.tone === "muted" ? "info" : row.tone;
        return {
            today: `inset-inline-start: ${today}%`,
            bar: bar && {
                style: `inset-inline-start: ${bar.left}%; width: ${bar.width}%`,
                classes: `bg-${tone}`,
                title: [start, end].filter(Boolean).map(this.formatDay).join(" – "),
            },
            needed: moment !== null && {
                style: `inset-inline-start: ${getPlace(range, moment)}%`,
                title: _t("Needed on %s", this.formatDay(needed)),
            },
        };
    }
}
