import {Component, onWillStart, useState} from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const DAY = 24 * 3600 * 1000;
const COLOURS = {
    locked: "bg-200 text-muted",
    open: "text-bg-info",
    in_review: "text-bg-primary",
    approved: "text-bg-success",
    approved_with_conditions: "text-bg-warning",
    rejected: "text-bg-danger",
};

/** Where programmes stand, for the duties of the user. */
export class RolloutOverview extends Component {
    static template = "rollout_gate.RolloutOverview";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({programmes: [], current: null, showAll: false});
        this.display = {controlPanel: {}};
        onWillStart(() => this.load());
    }

    async load() {
        const domain = [["state", "in", ["draft", "running", "continuous"]]];
        const found = await this.orm.searchRead("rollout.programme", domain, ["name"]);
        this.state.programmes = found;
        if (found.length) {
            await this.select(found[0].id);
        }
    }

    async select(programmeId) {
        const rows = await this.orm.call("rollout.programme", "get_dashboard", [
            [programmeId],
        ]);
        this.state.current = rows[0];
        this.state.showAll = false;
    }

    get current() {
        return this.state.current;
    }

    has(...duties) {
        return duties.some((duty) => this.current.duties.includes(duty));
    }

    get blocking() {
        const rows = this.current.blocking;
        return this.state.showAll ? rows : rows.slice(0, 12);
    }

    gatesOf(site, code) {
        return site.gates.filter((gate) => gate.code === code);
    }

    colour(gate) {
        return gate.drifted ? "text-bg-danger" : COLOURS[gate.state];
    }

    title(gate) {
        const parts = [gate.name, gate.label];
        if (gate.planned) {
            parts.push(this.day(gate.planned));
        }
        return parts.join("\n");
    }

    day(value) {
        return value ? formatDate(deserializeDate(value)) : "";
    }

    /** A moment that the server tells in UTC, in the zone of the user. */
    moment(value) {
        return formatDateTime(deserializeDateTime(value));
    }

    percent(value) {
        return value === false ? "–" : `${value} %`;
    }

    /** The plan over time: its months, and a bar for each wave and site. */
    get plan() {
        const rows = [];
        for (const wave of this.current.waves) {
            const sites = this.current.sites.filter((site) =>
                wave.sites.includes(site.id)
            );
            rows.push({
                key: `wave-${wave.id}`,
                name: wave.name,
                isWave: true,
                start: wave.start,
                end: wave.end,
                marks: [],
            });
            for (const site of sites) {
                rows.push({
                    key: `site-${wave.id}-${site.id}`,
                    name: site.name,
                    start: wave.start,
                    end: site.live_on || site.planned,
                    isLive: Boolean(site.live_on),
                    marks: site.gates.filter((gate) => gate.planned),
                });
            }
        }
        return this.place(rows);
    }

    place(rows) {
        const dates = rows
            .flatMap((row) => [row.start, row.end, ...row.marks.map((m) => m.planned)])
            .filter(Boolean)
            .map((day) => new Date(day).getTime());
        if (!dates.length) {
            return {rows: [], months: []};
        }
        const first = Math.min(...dates) - 7 * DAY;
        const span = Math.max(...dates) + 14 * DAY - first;
        const at = (day) => ((new Date(day).getTime() - first) / span) * 100;
        for (const row of rows) {
            const start = row.start || row.end;
            row.left = start ? at(start) : 0;
            row.width = start && row.end ? Math.max(0.5, at(row.end) - row.left) : 0;
            row.dots = row.marks.map((gate) => ({...gate, left: at(gate.planned)}));
        }
        return {rows, months: this.months(first, span), today: at(new Date())};
    }

    months(first, span) {
        const result = [];
        const month = new Date(first);
        month.setUTCDate(1);
        const step = span > 400 * DAY ? 3 : 1;
        for (;;) {
            month.setUTCMonth(month.getUTCMonth() + step);
            const left = ((month.getTime() - first) / span) * 100;
            if (left > 100) {
                return result;
            }
            result.push({left, name: month.toISOString().slice(0, 7)});
        }
    }

    open(model, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    openAction(name) {
        return this.action.doAction(`rollout_gate.${name}`);
    }

    newProgramme() {
        return this.open("rollout.programme", false);
    }
}

registry.category("actions").add("rollout_gate.overview", RolloutOverview);
