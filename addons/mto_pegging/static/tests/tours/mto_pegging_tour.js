import {registry} from "@web/core/registry";

// The tour starts on a quotation of two bikes (wheels, bolts).
registry.category("web_tour.tours").add("mto_pegging_order", {
    steps: () => [
        {
            content: "What will the factory get?",
            trigger: "button.oe_stat_button:contains(What will be)",
            run: "click",
        },
        {
            content: "The wheels will be made",
            trigger:
                ".o_mto_supply_tree tr[aria-level='2']:contains(Wheel):contains(Make)",
        },
        {
            content: "Fold all",
            trigger: ".o_mto_fold",
            run: "click",
        },
        {
            content: "Only what is sold is left: unfold it",
            trigger:
                ".o_mto_supply_tree tbody:not(:has(tr:contains(Wheel))) .o_mto_caret",
            run: "click",
        },
        {
            content: "Its parts are back",
            trigger: ".o_mto_supply_tree tr:contains(Wheel)",
        },
        {
            content: "Back to the quotation",
            trigger: ".o_breadcrumb a:contains(S0)",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: "button[name='action_confirm']:contains(Confirm)",
            run: "click",
        },
        {
            content: "Supply of this order",
            trigger: "button.oe_stat_button:contains(Supply)",
            run: "click",
        },
        {
            content: "When is it all made?",
            trigger: ".o_mto_show_timeline",
            run: "click",
        },
        {
            content: "The wheels are a bar, with the moment they are needed",
            trigger: ".o_mto_supply_tree tr:contains(Wheel):has(.o_mto_bar)",
        },
        {
            content: "Back to the columns",
            trigger: ".o_mto_show_timeline",
            run: "click",
        },
        {
            content: "Also what is expected to cover",
            trigger: ".o_mto_switch[aria-pressed='false']",
            run: "click",
        },
        {
            content: "Linked supply is still there; back to it alone",
            trigger:
                ".o_mto_supply_tree_action:has(tr:contains(Bolt):contains(Linked)) .o_mto_switch[aria-pressed='true']",
            run: "click",
        },
        {
            content: "Links and reservations",
            trigger: ".o_mto_switch[aria-pressed='false']",
        },
        {
            content: "Look for the bolts",
            trigger: ".o_mto_search",
            run: "edit Bolt",
        },
        {
            content: "Bikes and wheels stay as the way to them",
            trigger: ".o_mto_supply_tree tr:contains(Bolt):contains(18)",
        },
        {
            content: "Open the purchase",
            trigger: ".o_mto_supply_tree tr:contains(Bolt) a:contains(P0)",
            run: "click",
        },
        {
            content: "For whom is it?",
            trigger: "button.oe_stat_button:contains(For whom)",
            run: "click",
        },
        {
            content: "For the customer",
            trigger: ".o_mto_supply_tree tr:contains(Customer):contains(18)",
        },
    ],
});

// The tour starts on an order of bikes, whose bolts come late, and a bell from stock.
registry.category("web_tour.tours").add("mto_pegging_problems", {
    steps: () => [
        {
            content: "Supply of the bell alone",
            trigger:
                ".o_field_widget[name='order_line'] tr:contains(Bell) button[name='action_open_supply']",
            run: "click",
        },
        {
            content: "Nothing of the bikes",
            trigger:
                ".o_mto_supply_tree:has(tr:contains(Bell)):not(:has(tr:contains(Bike)))",
        },
        {
            content: "Back to the order",
            trigger: ".o_breadcrumb a:contains(S0)",
            run: "click",
        },
        {
            content: "Supply of this order",
            trigger: "button.oe_stat_button:contains(Supply)",
            run: "click",
        },
        {
            content: "The bell is there, the bolts are late",
            trigger:
                ".o_mto_supply_tree:has(tr:contains(Bell)) tr:contains(Bolt):contains(Late)",
        },
        {
            content: "Only problems",
            trigger: ".o_mto_only_problems",
            run: "click",
        },
        {
            content: "The way to what is late is left",
            trigger:
                ".o_mto_supply_tree:not(:has(tr:contains(Bell))):has(tr:contains(Wheel)) tr:contains(Bolt):contains(Late)",
        },
        {
            content: "Everything again",
            trigger: ".o_mto_only_problems",
            run: "click",
        },
        {
            content: "The bell is back",
            trigger: ".o_mto_supply_tree tr:contains(Bell)",
        },
        {
            content: "Take it along",
            trigger: ".o_control_panel button:contains(Spreadsheet)",
            run: "click",
        },
        {
            content: "No complaint, and still the same screen",
            trigger:
                "body:not(:has(.o_error_dialog)) .o_mto_supply_tree tr:contains(Bell)",
        },
    ],
});
