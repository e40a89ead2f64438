import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const openApp = () => [
    stepUtils.showAppsMenuItem(),
    {
        content: "Open the app",
        trigger: ".o_app[data-menu-xmlid='mto_suite.mto_suite_menu_root']",
        run: "click",
    },
];

registry.category("web_tour.tours").add("mto_suite_first_steps", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        {
            content: "Nothing is set up: the app opens with the first steps",
            trigger: ".o_form_view h1:contains(in three steps)",
        },
        {
            content: "Choose",
            trigger: "[name='step_preset'] button[name='action_choose']:visible",
            run: "click",
        },
        {
            content: "The first step is done",
            trigger: "[name='step_preset'] .fa-check-circle:visible",
        },
        {
            content: "Open the assistant",
            trigger: "[name='step_setup'] button:contains(Set Up Products)",
            run: "click",
        },
        {
            content: "For one product",
            trigger: ".modal div[name='product_tmpl_ids'] input",
            run: "edit Tour Frame",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Frame)",
            run: "click",
        },
        {
            trigger: ".modal div[name='product_tmpl_ids'] .o_tag:contains(Tour Frame)",
        },
        {
            content: "Make it to order",
            trigger: ".modal div[name='policy'] label:contains(Make to order)",
            run: "click",
        },
        {
            content: "Lead times have been looked at",
            trigger: ".modal div[name='is_reviewed'] input",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_preview']",
            run: "click",
        },
        {
            content: "The preview says what changes",
            trigger:
                ".modal .o_mto_setup_preview:contains(Made for the order: policy of the product)",
        },
        {
            content: "And where the tube comes from",
            trigger:
                ".modal .o_mto_setup_preview tr:contains(Tour Tube):contains(From stock first)",
        },
        {
            content: "Choose again",
            trigger: ".modal button[name='action_back']",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_preview']",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_save']",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_notification:contains(1 products set up)",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

registry.category("web_tour.tours").add("mto_suite_rules", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        {
            trigger: "button[data-menu-xmlid='mto_suite.configuration_menu']",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='mto_suite.supply_rule_menu']",
            run: "click",
        },
        {
            content: "The second rule never holds",
            trigger:
                ".o_data_row:contains(Tour Long):contains(Never holds: rule 'Tour Any')",
        },
        {
            content: "Drag it above the first",
            trigger: ".o_data_row:contains(Tour Long) .o_row_handle",
            run: "drag_and_drop(.o_data_row:contains(Tour Any))",
        },
        {
            content: "It stands first now",
            trigger: ".o_data_row:first:contains(Tour Long)",
        },
        {
            content: "Test the rules",
            trigger:
                ".o_list_buttons button[name='action_test'], .o_control_panel button[name='action_test']",
            run: "click",
        },
        {
            trigger: ".modal div[name='product_id'] input",
            run: "edit Tour Frame",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Frame)",
            run: "click",
        },
        {
            content: "The long lead time decides for the tube",
            trigger:
                ".modal .o_mto_rule_test details:contains(Tour Tube):contains(Rule 'Tour Long' decides)",
        },
        {
            content: "Open it",
            trigger: ".modal details:contains(Tour Tube) summary",
            run: "click",
        },
        {
            content: "What was wanted, and what was found",
            trigger:
                ".modal details[open]:contains(Tour Tube) tr:contains(at least 20 days):contains(21 days)",
        },
        {
            trigger: ".modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "Open one rule",
            trigger: ".o_data_row:contains(Tour Any) td[name='name']",
            run: "click",
        },
        {
            content: "Test this rule",
            trigger: ".o_form_view button[name='action_test']:visible",
            run: "click",
        },
        {
            trigger: ".modal div[name='product_id'] input",
            run: "edit Tour Frame",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Frame)",
            run: "click",
        },
        {
            content: "Another rule takes the tube before it",
            trigger:
                ".modal .o_mto_rule_test details:contains(Tour Tube):contains(Rule 'Tour Long' before it decides)",
        },
        {
            trigger: ".modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

registry.category("web_tour.tours").add("mto_suite_recommended", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        {
            trigger: "button[data-menu-xmlid='mto_suite.configuration_menu']",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='mto_suite.settings_menu']",
            run: "click",
        },
        {
            content: "What happens today, and what will",
            trigger:
                "#recommended_settings tr:contains(Odoo's routes decide):contains(Each assembly is made for its customer)",
        },
        {
            trigger: "button[name='action_apply_recommended_settings']",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is on",
            trigger: "#recommended_settings tr:contains(On)",
        },
        {
            trigger:
                "body:not(:has(button[name='action_apply_recommended_settings']:visible))",
        },
    ],
});

registry.category("web_tour.tours").add("mto_suite_bom_overview", {
    steps: () => [
        {
            content: "The overview tells policy and reason of the tube",
            trigger:
                ".o_mrp_bom_expandable tr:contains(Tour Tube) td[name='supply_policy']:contains(Stock first, then order)",
        },
        {
            trigger:
                ".o_mrp_bom_expandable tr:contains(Tour Tube) td[name='supply_why']:contains(From stock first)",
        },
        {
            content: "Headings stand above their columns",
            trigger:
                ".o_mrp_bom_expandable thead th:contains(Policy) + th:contains(Why)",
        },
    ],
});
