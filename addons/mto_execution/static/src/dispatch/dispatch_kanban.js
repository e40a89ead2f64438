import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {registry} from "@web/core/registry";
import {useBus, useService} from "@web/core/utils/hooks";

/** The dispatch list: a code of the traveller that is scanned opens its step. */
export class DispatchKanbanController extends KanbanController {
    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
        const barcode = useService("barcode");
        useBus(barcode.bus, "barcode_scanned", (event) =>
            this.onScanned(event.detail.barcode)
        );
    }

    async onScanned(barcode) {
        const action = await this.orm.call("mrp.workorder", "action_scan", [barcode]);
        await this.action.doAction(action);
    }
}

registry.category("views").add("mto_dispatch_kanban", {
    ...kanbanView,
    Controller: DispatchKanbanController,
});
