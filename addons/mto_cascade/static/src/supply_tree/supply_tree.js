import {
    Component,
    onMounted,
    onPatched,
    onWillUnmount,
    useRef,
    useState,
} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {deserializeDateTime, formatDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {getBar, getPlace, getRange, getTicks, toMoment} from "./timeline";
import {contains, getChunks, getVisible, withAncestors} from "./tree_model";

const {DateTime} = luxon;

const NUMERIC = ["quantity", "number", "money", "progress"];

// Rows that are drawn together, and how many such chunks are drawn at first and in each
// frame after that: a big order opens at once and is complete a moment later.
const CHUNK = 50;
const FIRST_CHUNKS = 4;
const CHUNKS_PER_FRAME = 10;

/** Some rows of the table: drawn again only when something about them changes. */
export class SupplyTreeRows extends Component {
    static template = "mto_cascade.SupplyTreeRows";
    static props = {
        table: Object,
        tree: Object,
        positions: Array,
        columns: Array,
        focused: Number,
        version: Number,
        scale: {type: Object, optional: true},
    };
}

/** The table of a tree, see `get_tree` of the model `mto.supply.tree`. */
export class SupplyTree extends Component {
    static template = "mto_cascade.SupplyTree";
    static components = {SupplyTreeRows};
    static props = {
        tree: Object,
        openDocument: Function,
        onlyProblems: {type: Boolean, optional: true},
        search: {type: String, optional: true},
        // Bars in place of the columns with dates, for a tree that names them.
        timeline: {type: Boolean, optional: true},
        // Given by whoever wants to keep what is unfolded.
        open: {type: Object, optional: true},
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({focused: 0, version: 0, shown: FIRST_CHUNKS});
        this.open = this.props.open || new Set();
        this.moveFocus = false;
        this.memory = {};
        onMounted(() => this.showMore());
        onWillUnmount(() => browser.cancelAnimationFrame(this.frame));
        onPatched(() => {
            this.showMore();
            if (this.moveFocus) {
                this.moveFocus = false;
                this.root.el
                    .querySelector(`tr[data-position="${this.state.focused}"]`)
                    ?.focus();
            }
        });
    }

    get rows() {
        return this.props.tree.rows;
    }

    get columns() {
        const {columns, timeline} = this.props.tree;
        if (!this.props.timeline) {
            return columns;
        }
        return this.remember("columns", [this.props.tree], () =>
            columns.filter((column) => timeline.columns.includes(column.name))
        );
    }

    /** The same answer, the same object, as long as nothing it depends on changes. */
    remember(name, dependencies, compute) {
        const known = this.memory[name];
        if (
            !known ||
            known.dependencies.some((value, index) => value !== dependencies[index])
        ) {
            this.memory[name] = {dependencies, value: compute()};
        }
        return this.memory[name].value;
    }

    /** Draw the rest, some rows in each frame. */
    showMore() {
        browser.cancelAnimationFrame(this.frame);
        if (this.state.shown < this.allChunks.length) {
            this.frame = browser.requestAnimationFrame(() => {
                this.state.shown += CHUNKS_PER_FRAME;
            });
        }
    }

    // Timeline

    get names() {
        const {start, end, needed} = this.props.tree.timeline;
        return [start, end, needed];
    }

    /** What all bars share: the range, its marks and today. */
    get scale() {
        return this.remember("scale", [this.props.tree], () => this.makeScale());
    }

    makeScale() {
        const today = DateTime.now().toMillis();
        const range = getRange(this.rows, this.names, today);
        const ticks = getTicks(range).map((moment) => ({
            left: getPlace(range, moment),
            label: DateTime.fromMillis(moment).toLocaleString({
                month: "short",
                day: "numeric",
            }),
        }));
        return {range, ticks, today: getPlace(range, today)};
    }

    /** Place of the row's bar and of the moment it is needed, null without dates. */
    getBar(scale, row) {
        const [start, end, needed] = this.names.map((name) => row.cells[name]);
        const bar = getBar(scale.range, start, end);
        const moment = toMoment(needed);
        return {
            bar,
            title: [start, end]
                .filter(Boolean)
                .map((value) => formatDate(deserializeDateTime(value)))
                .join(" – "),
            needed: moment === null ? null : getPlace(scale.range, moment),
            neededTitle: needed
                ? _t("Needed on %s", formatDate(deserializeDateTime(needed)))
                : "",
        };
    }

    /** Positions of the rows to show. */
    get visible() {
        // The version too: the set of unfolded rows itself is not reactive.
        const {tree, onlyProblems, search} = this.props;
        return this.remember(
            "visible",
            [tree, onlyProblems, search, this.state.version],
            () => getVisible(this.rows, this.open, this.kept)
        );
    }

    get allChunks() {
        return this.remember("chunks", [this.visible], () =>
            getChunks(this.visible, CHUNK)
        );
    }

    /** The chunks to draw now, each with the row that has the focus or -1. */
    get chunks() {
        const {focused} = this.state;
        return this.allChunks.slice(0, this.state.shown).map((positions) => ({
            positions,
            focused: positions.includes(focused) ? focused : -1,
        }));
    }

    get isFiltered() {
        return Boolean(this.props.onlyProblems || this.props.search);
    }

    get kept() {
        const {onlyProblems, search} = this.props;
        if (!this.isFiltered) {
            return null;
        }
        return withAncestors(
            this.rows,
            (row) =>
                (!onlyProblems || row.problem) && (!search || contains(row, search))
        );
    }

    isOpen(position) {
        return this.isFiltered || this.open.has(position);
    }

    setOpen(position, open) {
        if (open) {
            this.open.add(position);
        } else {
            this.open.delete(position);
        }
        this.state.version++;
    }

    toggle(position) {
        this.setOpen(position, !this.open.has(position));
    }

    getCaretTitle(position) {
        return this.isOpen(position) ? _t("Fold") : _t("Unfold");
    }

    onFocus(position) {
        this.state.focused = position;
    }

    // Cells

    isNumeric(column) {
        return NUMERIC.includes(column.type);
    }

    format(column, value) {
        if (value === undefined || value === null || value === false || value === "") {
            return "";
        }
        switch (column.type) {
            case "date":
                return formatDate(deserializeDateTime(value));
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

    formatQuantity(value) {
        return this.formatNumber(value, 6);
    }

    // Keyboard

    onKeydown(ev, position) {
        const visible = this.visible;
        const index = visible.indexOf(position);
        const row = this.rows[position];
        const actions = {
            ArrowDown: () => this.focus(visible[index + 1]),
            ArrowUp: () => this.focus(visible[index - 1]),
            Home: () => this.focus(visible[0]),
            End: () => this.focus(visible[visible.length - 1]),
            ArrowRight: () =>
                row.has_children && !this.isOpen(position)
                    ? this.setOpen(position, true)
                    : this.focus(visible[index + 1]),
            ArrowLeft: () =>
                row.has_children && this.open.has(position)
                    ? this.setOpen(position, false)
                    : this.focus(row.parent),
            Enter: () => this.props.openDocument(row),
        };
        if (ev.target === ev.currentTarget && actions[ev.key]) {
            ev.preventDefault();
            actions[ev.key]();
        }
    }

    focus(position) {
        if (position !== undefined && position >= 0) {
            this.moveFocus = true;
            this.state.focused = position;
            // The row must be there to be focused.
            const needed = Math.ceil((this.visible.indexOf(position) + 1) / CHUNK);
            this.state.shown = Math.max(this.state.shown, needed);
        }
    }
}
