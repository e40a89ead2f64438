import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("rollout_gate_start", {
    steps: () => [
        {
            content: "Nothing yet: the overview says what to do",
            trigger: ".o_rollout_overview button:contains(New Programme)",
            run: "click",
        },
        {
            content: "Its name; the Light template is there",
            trigger: ".o_field_widget[name='name'] input",
            run: "edit One Plant",
        },
        {
            trigger: ".o_field_widget[name='template_id'] input:value(Light)",
        },
        {
            content: "A site",
            trigger: ".o_field_widget[name='site_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='site_ids'] [name='name'] input",
            run: "edit Bicycle Plant",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Start",
            trigger: "button[name='action_start']",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Running)",
        },
        {
            content: "Its gates",
            trigger: "button[name='action_gates']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Scope and Design) .badge:contains(Open)",
        },
    ],
});

tours.add("rollout_gate_work", {
    steps: () => [
        {
            content: "What is mine",
            trigger:
                ".o_rollout_overview a:contains(Who owns items, BoMs, vendors and stock)",
            run: "click",
        },
        {
            content: "It is done",
            trigger: "button[name='action_done']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Met)",
        },
    ],
});

tours.add("rollout_gate_sign", {
    steps: () => [
        {
            content: "A signature is waited for",
            trigger: ".o_rollout_overview .border-primary a:contains(G6 Go-live)",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name='action_sign']",
            run: "click",
        },
        {
            content: "What for is filled in",
            trigger: ".modal .o_field_widget[name='function_line_ids'] .o_tag",
        },
        {
            trigger: ".modal-footer button[name='action_sign']",
            run: "click",
        },
        {
            content: "It asks for the password",
            trigger: ".modal .o_field_widget[name='password'] input",
            run: "edit rollout_second",
        },
        {
            trigger: ".modal-footer button[name='run_check']",
            run: "click",
        },
        {
            content: "The last signature: approved, with a ribbon",
            trigger: ".o_arrow_button_current:contains(Approved)",
        },
        {
            trigger: ".ribbon:contains(Signed)",
        },
    ],
});

tours.add("rollout_gate_audit", {
    steps: () => [
        {
            content: "An auditor sees the trail on the overview",
            trigger: ".o_rollout_overview h5 a:contains(Trail)",
            run: "click",
        },
        {
            trigger: ".o_data_row button[name='action_verify']",
            run: "click",
        },
        {
            trigger: ".o_data_row .badge:contains(Whole)",
        },
        {
            trigger: ".o_data_row button[name='action_events']",
            run: "click",
        },
        {
            trigger: ".o_data_row .badge:contains(signed)",
        },
    ],
});

tours.add("rollout_gate_lock", {
    steps: () => [
        {
            content: "The lock of the plant is off",
            trigger: ".o_data_row:contains(Off) .o_data_cell[name='site_id']",
            run: "click",
        },
        {
            trigger: "button[name='action_switch']:contains(Switch On)",
            run: "click",
        },
        {
            content: "It tells what it would stop",
            trigger: ".modal:contains(What it would stop)",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit The old system is in use",
        },
        {
            trigger: ".modal-footer button[name='action_switch']:contains(Switch On)",
            run: "click",
        },
        {
            content: "It asks for the password",
            trigger: ".modal .o_field_widget[name='password'] input",
            run: "edit rollout_manager",
        },
        {
            trigger: ".modal-footer button[name='run_check']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(On)",
        },
        {
            content: "It says what it waits for",
            trigger: ".o_field_widget[name='effect']:contains(G6 Go-live)",
        },
    ],
});

tours.add("rollout_gate_review", {
    steps: () => [
        {
            content: "All items are met",
            trigger: "button[name='action_request_review']",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(In Review)",
        },
    ],
});
