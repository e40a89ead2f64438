import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("operation_exception_inbox", {
    steps: () => [
        {
            content: "As cards, by state",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Late Promise: Bike Shop)",
        },
        {
            content: "As a list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "Open what is mine",
            trigger: ".o_data_row td:contains(Late Promise: Bike Shop)",
            run: "click",
        },
        {
            content: "What can be done about it",
            trigger: ".o_operation_exception_actions button:contains(Open Bike Shop)",
        },
        {
            content: "The order that suffers",
            trigger: ".o_notebook a:contains(Affected Orders)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='impact_ids'] td:contains(Bike Shop)",
        },
        {
            content: "I have seen it",
            trigger: "button[name='action_acknowledge']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Acknowledged)",
        },
        {
            content: "I work on it",
            trigger: "button[name='action_start']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(In Progress)",
        },
        {
            content: "How was it solved?",
            trigger: ".o_field_widget[name='resolution_id'] input",
            run: "edit Alternative",
        },
        {
            trigger: ".ui-menu-item a:contains(Alternative found)",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name='resolution_id'] input:value(Alternative found)",
        },
        {
            content: "Solved",
            trigger: "button[name='action_solve']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Solved)",
        },
    ],
});

registry.category("web_tour.tours").add("operation_exception_by_hand", {
    steps: () => [
        {
            content: "What went wrong",
            trigger: ".o_field_widget[name='type_id'] input",
            run: "edit Pricing",
        },
        {
            trigger: ".ui-menu-item a:contains(Pricing Dispute)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='type_id'] input:value(Pricing Dispute)",
        },
        {
            content: "Keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Somebody answers, and until when",
            trigger: ".o_field_widget[name='due_date']",
        },
        {
            trigger: ".o_field_widget[name='owner_reason']",
        },
    ],
});

registry.category("web_tour.tours").add("operation_exception_review", {
    steps: () => [
        {
            content: "A new review",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Of this week, what came",
            trigger: ".o_exception_review:contains(Late Promise: Bike Shop)",
        },
        {
            content: "Decide",
            trigger: ".o_notebook a:contains(Decisions)",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name='decision_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='decision_ids'] [name='name'] input",
            run: "edit Ask for another vendor",
        },
        {
            trigger: ".o_field_widget[name='decision_ids'] [name='due_date'] input",
            run: "edit 12/31/2030",
        },
        {
            content: "Keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved, .o_form_status_indicator_buttons.invisible",
        },
        {
            content: "Close the review",
            trigger: "button[name='action_close']",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Closed)",
        },
    ],
});
