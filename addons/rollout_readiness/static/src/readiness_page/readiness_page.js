import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const MODEL = "readiness.check";
// So many checks are asked for at once: progress is seen, requests stay short.
const BATCH = 6;
const WORST = 5;
const COLOURS = {
    fail: "text-bg-danger",
    error: "text-bg-danger",
    warn: "text-bg-warning",
    old: "text-bg-secondary",
    waived: "text-bg-info",
    not_applicable: "bg-200 text-muted",
    pass: "text-bg-success",
    never: "bg-200 text-muted",
};

/** What the database says, by area: what is wrong, who is at fault, what to do. */
export class ReadinessPage extends Component {
    static template = "rollout_readiness.ReadinessPage";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.display = {controlPanel: {}};
        this.state = useState({page: null, siteId: false, progress: null, open: {}});
        onWillStart(async () => {
            this.mayExport = await user.hasGroup("base.group_allow_export");
            await this.load();
        });
    }

    get place() {
        return {
            company_id: user.activeCompany.id,
            site_id: this.state.siteId,
        };
    }

    async load() {
        const pages = await this.orm.call(MODEL, "get_readiness", [], this.place);
        this.state.page = pages[0];
    }

    async chooseSite(ev) {
        this.state.siteId = Number(ev.target.value) || false;
        await this.load();
    }

    get checks() {
        return this.state.page.areas.flatMap((area) => area.checks);
    }

    get worst() {
        const red = this.checks.filter((check) => this.isRed(check));
        const rank = ["blocker", "critical", "major", "minor"];
        red.sort((a, b) => rank.indexOf(a.severity) - rank.indexOf(b.severity));
        return red.slice(0, WORST);
    }

    get groups() {
        const areas = this.state.page.areas;
        return [
            {name: _t("Foundation"), areas: areas.filter((a) => a.is_foundation)},
            {name: _t("Operation"), areas: areas.filter((a) => !a.is_foundation)},
        ];
    }

    get lastRun() {
        const at = this.state.page.last_run;
        return at ? formatDateTime(deserializeDateTime(at)) : false;
    }

    isRed(check) {
        return check.state === "fail" || check.state === "error";
    }

    colour(state) {
        return COLOURS[state];
    }

    label(check) {
        return {
            fail: _t("Failed"),
            error: _t("Error"),
            warn: _t("Warning"),
            old: _t("Too old"),
            waived: _t("Waived"),
            not_applicable: _t("Not applicable"),
            pass: _t("Passed"),
            never: _t("Not run yet"),
        }[check.state];
    }

    severity(check) {
        return {
            blocker: _t("Blocker"),
            critical: _t("Critical"),
            major: _t("Major"),
            minor: _t("Minor"),
        }[check.severity];
    }

    warnings(count) {
        return count === 1 ? _t("1 warning") : _t("%s warnings", count);
    }

    /** The checks of a card: the worst, or all once it is opened. */
    shown(area) {
        if (this.state.open[area.code]) {
            return area.checks;
        }
        const quiet = ["pass", "not_applicable", "never"];
        return area.checks.filter((c) => !quiet.includes(c.state)).slice(0, WORST);
    }

    toggle(area) {
        this.state.open[area.code] = !this.state.open[area.code];
    }

    /** The offenders of the last runs as a line; empty where there is nothing to tell. */
    trend(check) {
        const values = check.trend;
        const most = Math.max(...values);
        if (values.length < 2 || !most) {
            return "";
        }
        const step = 60 / (values.length - 1);
        return values
            .map((value, i) => `${(i * step).toFixed(1)},${16 - (value / most) * 14}`)
            .join(" ");
    }

    trendTitle(check) {
        return _t("At fault in the last runs: %s", check.trend.join(", "));
    }

    async run(checks) {
        const codes = checks.map((check) => check.code);
        this.state.progress = {done: 0, all: codes.length};
        try {
            while (this.state.progress.done < codes.length) {
                const done = this.state.progress.done;
                await this.orm.call(MODEL, "run_checks", [], {
                    codes: codes.slice(done, done + BATCH),
                    ...this.place,
                });
                this.state.progress.done = Math.min(done + BATCH, codes.length);
            }
        } finally {
            this.state.progress = null;
            await this.load();
        }
    }

    runAll() {
        return this.run(this.checks);
    }

    async open(check, method) {
        const {company_id, site_id} = this.place;
        const action = await this.orm.call(MODEL, method, [
            [check.id],
            company_id,
            site_id,
        ]);
        return this.action.doAction(action);
    }

    async repair(check) {
        const {company_id, site_id} = this.place;
        await this.orm.call(MODEL, "action_repair", [[check.id], company_id, site_id]);
        await this.load();
        const after = this.checks.find((other) => other.id === check.id);
        this.notification.add(after.message, {
            title: after.name,
            type: this.isRed(after) ? "warning" : "success",
        });
    }

    openCheck(check) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: check.id,
            views: [[false, "form"]],
        });
    }

    download() {
        const {company_id, site_id} = this.place;
        return this.action.doAction({
            type: "ir.actions.act_url",
            url: `/rollout_readiness/company/${company_id}/xlsx?site_id=${site_id || 0}`,
            target: "download",
        });
    }

    print() {
        return this.action.doAction("rollout_readiness.readiness_report_action", {
            additionalContext: {
                active_ids: [this.place.company_id],
                active_id: this.place.company_id,
                active_model: "res.company",
                readiness_site_id: this.place.site_id,
            },
        });
    }
}

registry.category("actions").add("rollout_readiness.page", ReadinessPage);
