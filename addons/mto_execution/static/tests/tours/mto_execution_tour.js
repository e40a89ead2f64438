import {registry} from "@web/core/registry";

const dialog = ".modal .o_form_view";

// Starts on an order of 20 bicycles of which 14 can start.
registry.category("web_tour.tours").add("mto_execution_start_part", {
    steps: () => [
        {
            content: "The sentence says what is missing",
            trigger: ".alert-warning:contains(6 × Brake kit missing)",
        },
        {
            content: "Release it all the same: the workshop may begin",
            trigger: "button[name='action_release']",
            run: "click",
        },
        {
            content: "It is released",
            trigger: ".o_form_view .badge:contains(Released)",
        },
        {
            content: "Start what can start",
            trigger: "button[name='action_launch_start']:contains(Start 14)",
            run: "click",
        },
        {
            content: "The result is shown first",
            trigger: `${dialog}:contains(14 of 20 start now)`,
        },
        {
            content: "Do it",
            trigger: ".modal footer button[name='action_apply']:visible",
            run: "click",
        },
        {
            content: "14 are started",
            trigger: ".o_form_view .badge:contains(Started)",
        },
    ],
});

/** Type as a bar code scanner does: fast, to nobody in particular, and Enter. */
function scan(code) {
    document.activeElement.blur();
    for (const key of [...code, "Enter"]) {
        document.body.dispatchEvent(
            new window.KeyboardEvent("keydown", {key, bubbles: true})
        );
    }
}

// The step of the bicycle is on the list; its order has one step.
registry.category("web_tour.tours").add("mto_execution_dispatch", {
    steps: () => [
        {
            content: "Scan the order of the traveller",
            trigger: ".o_kanban_record:contains(Bicycle) .fs-4 .text-muted",
            run() {
                scan(this.anchor.textContent.trim());
            },
        },
        {
            content: "Its step is open",
            trigger: ".o_form_view [name='product_id']:contains(Bicycle)",
        },
        {
            content: "Back to the list",
            trigger: ".o_breadcrumb a:contains(Dispatch List), .o_back_button",
            run: "click",
        },
        {
            content: "The step stands on the list, and can start",
            trigger: ".o_kanban_record:contains(Bicycle) .alert-success",
        },
        {
            content: "Start",
            trigger:
                ".o_kanban_record:contains(Bicycle) button[name='button_start']:visible",
            run: "click",
        },
        {
            content: "How many?",
            trigger:
                ".o_kanban_record:contains(Bicycle) button[name='action_dispatch_quantity']:visible",
            run: "click",
        },
        {
            content: "All of them",
            trigger: ".modal footer button[name='action_apply']",
            run: "click",
        },
        {
            content: "The question is answered",
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "Done",
            trigger:
                ".o_kanban_record:contains(Bicycle) button[name='button_finish']:visible",
            run: "click",
        },
        {
            content: "Nothing is left to do",
            trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains(Bicycle)))",
        },
    ],
});

/** Choose "Vendor" as the reason of one deviation in the dialog that closes. */
function giveReason(product) {
    const cell = `.modal .o_data_row:contains(${product}) td[name='reason_id']`;
    return [
        {
            content: `Why is ${product} different?`,
            trigger: cell,
            run: "click",
        },
        {
            content: "Type the reason",
            trigger: `${cell} input`,
            run: "edit Vendor",
        },
        {
            content: "Take it",
            trigger: ".o-autocomplete--dropdown-item:contains(Vendor)",
            run: "click",
        },
    ];
}

// Starts on an order of 5 bicycles that lacks no component; 7 brake kits are taken.
registry.category("web_tour.tours").add("mto_execution_deviate", {
    steps: () => [
        {
            content: "Replace the brake kits",
            trigger:
                ".o_data_row:contains(Brake kit) button[name='action_open_replace']",
            run: "click",
        },
        {
            content: "The approved substitute is proposed",
            trigger: `${dialog} .alert-success:contains(approved substitute)`,
        },
        {
            content: "Take it",
            trigger: ".modal footer button[name='action_apply']:visible",
            run: "click",
        },
        {
            content: "It stands on the order",
            trigger: ".o_form_view .o_data_row:contains(Disc brake)",
        },
        {
            content: "Produce",
            trigger: "button[name='button_mark_done']:visible",
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_form_view .badge:contains(Done)",
        },
        {
            content: "Close it",
            trigger: "button[name='action_close_order']",
            run: "click",
        },
        {
            content: "After a look at what that means",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "Reasons are asked",
            trigger: ".modal .o_data_row:contains(Disc brake)",
        },
        ...giveReason("Brake kit"),
        ...giveReason("Disc brake"),
        {
            content: "Close it with the reasons",
            trigger: ".modal footer button[name='action_close']",
            run: "click",
        },
        {
            content: "It is closed",
            trigger: ".o_form_view .badge:contains(Closed)",
        },
        {
            content: "What came of it is recorded: it stands with the other buttons",
            trigger: ".o_form_view .o_button_more",
            run: "click",
        },
        {
            content: "Open the records",
            trigger: "button[name='action_view_closings']",
            run: "click",
        },
        {
            content: "Open the record",
            trigger: ".o_list_view .o_data_row td[name='production_id']",
            run: "click",
        },
        {
            content: "Planned and actual stand side by side",
            trigger: ".o_form_view td[name='operation']:contains(Assemble)",
        },
        {
            content: "With the reason",
            trigger: ".o_form_view .o_data_row:contains(Disc brake):contains(Vendor)",
        },
    ],
});
