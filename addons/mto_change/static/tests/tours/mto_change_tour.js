import {registry} from "@web/core/registry";

// The tour starts on an order of 5 bikes; nothing is started.
registry.category("web_tour.tours").add("mto_change_order", {
    steps: () => [
        {
            content: "Change the order",
            trigger: "button[name='action_open_change']",
            run: "click",
        },
        {
            content: "Nothing is shown before something is changed",
            trigger:
                ".modal .text-muted:contains(is shown here before anything is saved)",
        },
        {
            content: "Two instead of five",
            trigger: ".modal .o_field_widget[name='line_ids'] td[name='quantity']",
            run: "click",
        },
        {
            content: "Type it",
            trigger:
                ".modal .o_field_widget[name='line_ids'] div[name='quantity'] input",
            run: "edit 2 && press Enter",
        },
        {
            content: "What happens to the order for the wheels",
            trigger: ".modal .o_mto_supply_tree tr:contains(Wheel):contains(Reduced)",
        },
        {
            content: "In one sentence",
            trigger: ".modal .alert-info:contains(manufacturing orders: 2 reduced)",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit The customer called",
        },
        {
            content: "Do it",
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "It is kept, and can be looked up",
            trigger:
                "body:not(:has(.modal)) button.oe_stat_button:contains(Changes):contains(1)",
            run: "click",
        },
        {
            content: "Who, what and why",
            trigger: ".o_list_view .o_data_row:contains(The customer called)",
        },
    ],
});

// The tour starts on the issue that a lowered order left: 3 of 5 started are too much.
registry.category("web_tour.tours").add("mto_change_decision", {
    steps: () => [
        {
            content: "What is to be decided, in words",
            trigger:
                ".o_field_widget[name='description']:contains(3 Units are too much)",
        },
        {
            content: "It could stay",
            trigger: ".o_operation_exception_actions button:contains(Keep in stock)",
        },
        {
            content: "Less is better",
            trigger: ".o_operation_exception_actions button:contains(Make less)",
            run: "click",
        },
        {
            content: "Settled",
            trigger: ".o_arrow_button_current:contains(Closed)",
        },
        {
            content: "Nothing is left to decide",
            trigger:
                ".o_operation_exception_actions:not(:has(button:contains(Make less)))",
        },
        {
            content: "What became of it",
            trigger: ".o_operation_exception_actions button[data-code='open_document']",
            run: "click",
        },
        {
            content: "Two instead of five",
            trigger: ".o_form_view .o_field_widget[name='product_qty']:contains(2.00)",
        },
    ],
});

// The tour starts on an order of 5 bikes; nothing is started.
registry.category("web_tour.tours").add("mto_change_cancelled", {
    steps: () => [
        {
            content: "Change the order",
            trigger: "button[name='action_open_change']",
            run: "click",
        },
        {
            content: "All of it",
            trigger: ".modal .o_field_widget[name='cancel_order'] input",
            run: "click",
        },
        {
            content: "What happens to the order for the wheels, before it is saved",
            trigger: ".modal .o_mto_supply_tree tr:contains(Wheel):contains(Cancelled)",
            timeout: 60000,
        },
        {
            content: "Do it",
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "The order is cancelled",
            trigger: "body:not(:has(.modal)) button[name='action_draft']",
            timeout: 60000,
        },
    ],
});
