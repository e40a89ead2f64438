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
