import {
    Component,
    onPatched,
    onWillUpdateProps,
    toRaw,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {RowViews, getColumnClass} from "./row_view";
import {contains, getChunks, getVisible, withAncestors} from "./tree_model";
import {getPlace, getRange, getTicks} from "./timeline";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";

const {DateTime} = luxon;

// Rows that are drawn together; a chunk that did not change is not drawn again.
const CHUNK = 50;
// How many rows are there at once. The others follow with the next frame, together: each
// time that rows are added the browser lays out and paints anew.
const FIRST_ROWS = 100;
// The height that is kept free for a row until it is drawn.
const ROW_HEIGHT = 33;

/** Some rows of the table, or the room for them until it is their turn. */
export class SupplyTreeRows extends Component {
    static template = "mto_cascade.SupplyTreeRows";
    static props = {
        views: Object,
        chunk: Object,
        isDrawn: Boolean,
        focused: Number,
    };

    setup() {
        this.titles = {fold: _t("Fold"), unfold: _t("Unfold")};
    }

    get rows() {
        const {chunk, views} = this.props;
        return chunk.positions.map((position) => views.get(position));
    }

    get height() {
        const {positions, folded} = this.props.chunk;
        return (positions.length - folded.size) * ROW_HEIGHT;
    }

    isFolded(row) {
        return this.props.chunk.folded.has(row.position);
    }

    isOpen(row) {
        return this.props.chunk.open.has(row.position);
    }

    getExpanded(row) {
        return row.hasChildren ? String(this.isOpen(row)) : undefined;
    }
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
        this.state = useState({focused: 0, version: 0, isComplete: false});
        this.open = this.props.open || new Set();
        this.moveFocus = false;
        this.memory = {};
        this.getColumnClass = getColumnClass;
        onWillUpdateProps((props) => {
            if (props.tree !== this.props.tree || this.isFilteredAnew(props)) {
                this.state.isComplete = false;
            }
        });
        useEffect(
            (isComplete) => this.drawRest(isComplete),
            () => [this.state.isComplete]
        );
        onPatched(() => {
            if (this.moveFocus) {
                this.moveFocus = false;
                this.findRow(this.state.focused)?.focus();
            }
        });
    }

    /** The tree itself: thousands of cells are not read through a proxy. */
    get tree() {
        return toRaw(this.props.tree);
    }

    get rows() {
        return this.tree.rows;
    }

    get columns() {
        const {columns, timeline} = this.tree;
        if (!this.props.timeline) {
            return columns;
        }
        return this.remember("columns", [this.tree], () =>
            columns.filter((column) => timeline.columns.includes(column.name))
        );
    }

    /** What is drawn of each row. */
    get views() {
        return this.remember(
            "views",
            [this.tree, this.columns, this.scale],
            () => new RowViews(this.rows, this.columns, this.scale)
        );
    }

    /** How wide the columns are. */
    get layout() {
        return this.remember("layout", [this.views], () => this.views.getLayout());
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

    findRow(position) {
        return this.root.el.querySelector(`tr[data-position="${position}"]`);
    }

    /** The other rows with the next frame. */
    drawRest(isComplete) {
        if (isComplete) {
            return undefined;
        }
        const frame = browser.requestAnimationFrame(() => {
            this.state.isComplete = true;
        });
        return () => browser.cancelAnimationFrame(frame);
    }

    isFilteredAnew({onlyProblems, search}) {
        return onlyProblems !== this.props.onlyProblems || search !== this.props.search;
    }

    // Timeline

    /** What all bars share: the range, its marks and today; undefined without bars. */
    get scale() {
        if (!this.props.timeline) {
            return undefined;
        }
        return this.remember("scale", [this.tree], () => this.makeScale());
    }

    makeScale() {
        const {start, end, needed} = this.tree.timeline;
        const names = [start, end, needed];
        const now = DateTime.now().toMillis();
        const range = getRange(this.rows, names, now);
        const ticks = getTicks(range).map((moment) => ({
            left: getPlace(range, moment),
            label: DateTime.fromMillis(moment).toLocaleString({
                month: "short",
                day: "numeric",
            }),
        }));
        return {range, names, ticks, today: getPlace(range, now)};
    }

    // Which rows

    /** Positions of the rows to show. */
    get visible() {
        // The version too: the set of unfolded rows itself is not reactive.
        const {onlyProblems, search} = this.props;
        return this.remember(
            "visible",
            [this.tree, onlyProblems, search, this.state.version],
            () => getVisible(this.rows, this.open, this.kept)
        );
    }

    /** The rows in pieces: whether to draw each, and its row with the focus or -1. */
    get chunks() {
        const {focused, isComplete} = this.state;
        const pieces = this.remember("pieces", [this.visible], () => this.makePieces());
        let shown = 0;
        return pieces.map(({key, chunk}) => {
            const hasFocus = chunk.positions.includes(focused);
            shown += chunk.positions.length - chunk.folded.size;
            return {
                key,
                rows: chunk,
                isDrawn: isComplete || shown <= FIRST_ROWS || hasFocus,
                focused: hasFocus ? focused : -1,
            };
        });
    }

    /** The chunks of the rows to show; one that is as it was is the same object. */
    makePieces() {
        const before = this.memory.pieces?.value || [];
        const known = new Map(before.map(({key, chunk}) => [key, chunk]));
        const visible = new Set(this.visible);
        return getChunks(this.present, CHUNK).map(([key, positions]) => {
            const open = new Set(positions.filter((position) => this.isOpen(position)));
            const folded = new Set(positions.filter((row) => !visible.has(row)));
            const words = `${positions} ${[...open]} ${[...folded]}`;
            const same = known.get(key)?.words === words && known.get(key);
            return {key, chunk: same || {positions, open, folded, words}};
        });
    }

    /**
     * Positions of the rows to show, and of those that were shown before they were folded.
     * These are hidden, not taken away: where rows come and go, Odoo's style sheets let
     * the browser find out the style of the whole page anew.
     */
    get present() {
        const {onlyProblems, search} = this.props;
        const present = this.remember(
            "present",
            [this.tree, onlyProblems, search],
            () => new Set()
        );
        this.visible.forEach((position) => present.add(position));
        return [...present].sort((one, other) => one - other);
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

    // Mouse and keyboard: one handler for all rows

    /** Position of the row that an element belongs to, NaN for none. */
    getPosition(element) {
        return parseInt(element.closest("tr")?.dataset.position, 10);
    }

    onClick(ev) {
        const position = this.getPosition(ev.target);
        if (ev.target.closest(".o_mto_caret")) {
            this.toggle(position);
            // The arrows go on from here: the row that had the focus may be folded now.
            this.focus(position);
        } else if (ev.target.closest(".o_mto_document")) {
            ev.preventDefault();
            this.props.openDocument(this.rows[position]);
        }
    }

    onFocus(ev) {
        if (this.isRow(ev.target)) {
            this.state.focused = this.getPosition(ev.target);
        }
    }

    isRow(element) {
        return element.matches("tr[data-position]");
    }

    onKeydown(ev) {
        const actions = this.isRow(ev.target) ? this.getKeys(ev.target) : {};
        if (actions[ev.key]) {
            ev.preventDefault();
            actions[ev.key]();
        }
    }

    /** What the keys do on a row. */
    getKeys(element) {
        const visible = this.visible;
        const position = this.getPosition(element);
        const index = visible.indexOf(position);
        const row = this.rows[position];
        return {
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
    }

    focus(position) {
        if (position !== undefined && position >= 0) {
            this.moveFocus = true;
            this.state.focused = position;
        }
    }
}
