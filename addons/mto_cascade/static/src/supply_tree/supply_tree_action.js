import {Component, markRaw, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {download} from "@web/core/network/download";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {SupplyTree} from "./supply_tree";
import {openToLevel} from "./tree_model";

// Rows that are unfolded from the start, so that a big order still opens at once.
const OPEN_AT_ONCE = 300;
const LEVELS_OFFERED = 5;

/**
 * A screen with a tree: "What will be created", "Supply of this order". The action names
 * the model of the tree in `params.report`; records are the active ones.
 */
export class SupplyTreeAction extends Component {
    static template = "mto_cascade.SupplyTreeAction";
    static components = {Layout, SupplyTree};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = {controlPanel: {}};
        const kept = this.props.state || {};
        this.open = new Set(kept.open || []);
        this.state = useState({
            tree: null,
            report: kept.report || this.props.action.params.report,
            onlyProblems: kept.onlyProblems || false,
            search: kept.search || "",
            timeline: kept.timeline || false,
            version: 0,
        });
        useSetupAction({
            getLocalState: () => ({
                open: [...this.open],
                report: this.state.report,
                onlyProblems: this.state.onlyProblems,
                search: this.state.search,
                timeline: this.state.timeline,
            }),
        });
        onWillStart(async () => {
            await this.load();
            if (!kept.open) {
                this.openAtFirst();
            }
        });
    }

    get report() {
        return this.state.report;
    }

    get resIds() {
        const {active_ids, active_id} = this.props.action.context;
        return active_ids?.length ? active_ids : [active_id].filter(Boolean);
    }

    async load() {
        const tree = await this.orm.call(this.report, "get_tree", [this.resIds]);
        // Read anew as a whole, never changed: nobody has to watch its cells.
        this.state.tree = markRaw(tree);
        this.env.config.setDisplayName(this.state.tree.title);
    }

    /** Unfold as many levels as can be looked through. */
    openAtFirst() {
        const {rows} = this.state.tree;
        let level = this.deepest;
        while (
            level > 1 &&
            rows.filter((row) => row.level <= level).length > OPEN_AT_ONCE
        ) {
            level--;
        }
        this.expandTo(level);
    }

    /** Whether the tree has dates to draw. */
    get hasTimeline() {
        const {timeline, rows} = this.state.tree;
        return Boolean(
            timeline &&
                rows.some((row) => row.cells[timeline.start] || row.cells[timeline.end])
        );
    }

    get deepest() {
        return Math.max(0, ...this.state.tree.rows.map((row) => row.level));
    }

    /** Levels to offer: the first ones and the deepest, so that the bar stays short. */
    get levels() {
        const first = Math.min(this.deepest, LEVELS_OFFERED - 1);
        const levels = Array.from({length: first}, (_item, index) => index + 1);
        return this.deepest > first ? [...levels, this.deepest] : levels;
    }

    /** What can be decided about the records. */
    get actions() {
        return this.state.tree.actions || [];
    }

    get problems() {
        return this.state.tree.rows.filter((row) => row.problem).length;
    }

    get problemsLabel() {
        return _t("Only problems (%s)", this.problems);
    }

    getLevelTitle(level) {
        return _t("Unfold to level %s", level);
    }

    expandTo(level) {
        // The same set: the table keeps it.
        this.open.clear();
        for (const position of openToLevel(this.state.tree.rows, level)) {
            this.open.add(position);
        }
        this.state.version++;
    }

    foldAll() {
        this.expandTo(0);
    }

    async refresh() {
        const level = this.open.size ? this.deepest : 0;
        await this.load();
        this.expandTo(level);
    }

    /** The same records, told by the other tree that this one names. */
    async switchTree() {
        this.state.report = this.state.tree.switch.report;
        await this.load();
        this.openAtFirst();
    }

    /** Decide something about the records; the tree is read again afterwards. */
    runAction(item) {
        return this.action.doAction(item.action, {
            additionalContext: item.context,
            onClose: () => this.refresh(),
        });
    }

    openDocument(row) {
        if (!row.res_id) {
            return undefined;
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.res_id,
            views: [[false, "form"]],
            target: "current",
        });
    }

    download() {
        return download({
            url: "/mto_cascade/supply_tree/xlsx",
            data: {report: this.report, ids: JSON.stringify(this.resIds)},
        });
    }
}

registry.category("actions").add("mto_supply_tree", SupplyTreeAction);
