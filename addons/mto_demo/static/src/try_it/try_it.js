import {Component, onWillStart} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

/** The page after login: one card per role, with links to what there is to see. */
export class TryIt extends Component {
    static template = "mto_demo.TryIt";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = {controlPanel: false};
        this.cards = [];
        onWillStart(async () => {
            const cards = await this.orm.call("mto.demo.card", "get_cards", []);
            // The own card first: that is where one can start at once.
            this.cards = cards.sort((a, b) => b.is_mine - a.is_mine);
        });
    }

    /** @returns {string} address that logs out and offers the login of the card */
    loginUrl(card) {
        const login = `/web/login?login=${encodeURIComponent(card.login)}`;
        return `/web/session/logout?redirect=${encodeURIComponent(login)}`;
    }

    linkTitle(card, link) {
        return link.is_available ? "" : _t("Log in as “%s” to open it", card.login);
    }

    async open(link) {
        const action = await this.orm.call("mto.demo.card.link", "action_open", [
            [link.id],
        ]);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("mto_demo_try_it", TryIt);
