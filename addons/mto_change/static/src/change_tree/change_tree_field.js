import {Component} from "@odoo/owl";
import {SupplyTree} from "@mto_cascade/supply_tree/supply_tree";
import {_t} from "@web/core/l10n/translation";
import {openToLevel} from "@mto_cascade/supply_tree/tree_model";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** The consequences of a change, as the tree that other screens show. */
export class ChangeTreeField extends Component {
    static template = "mto_change.ChangeTreeField";
    static components = {SupplyTree};
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
    }

    get tree() {
        return this.props.record.data[this.props.name];
    }

    /** Each preview is drawn anew, and unfolded. */
    get key() {
        return JSON.stringify(this.tree.rows);
    }

    get open() {
        return openToLevel(this.tree.rows, Infinity);
    }

    openDocument(row) {
        if (!row.res_id) {
            return undefined;
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Document"),
            res_model: row.model,
            res_id: row.res_id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry.category("fields").add("mto_change_tree", {
    component: ChangeTreeField,
    supportedTypes: ["json"],
});
