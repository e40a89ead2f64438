import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** What can be done about an issue: buttons that the modules that raise it offer. */
export class IssueActions extends Component {
    static template = "operation_exception.IssueActions";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({actions: []});
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load(props) {
        const id = props.record.resId;
        if (!id) {
            this.state.actions = [];
            return;
        }
        const rows = await this.orm.call("operation.exception", "get_actions", [[id]]);
        this.state.actions = rows[0].actions;
    }

    async run(code) {
        const {record} = this.props;
        if (!(await record.save())) {
            return;
        }
        const action = await this.orm.call("operation.exception", "action_run", [
            [record.resId],
            code,
        ]);
        if (action && action.type) {
            await this.action.doAction(action);
        } else {
            await record.load();
            await this.load(this.props);
        }
    }
}

registry.category("view_widgets").add("operation_exception_actions", {
    component: IssueActions,
});
