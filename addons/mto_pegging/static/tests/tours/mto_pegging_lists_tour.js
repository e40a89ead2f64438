import {registry} from "@web/core/registry";

const rows = ".o_list_view .o_data_row";

// The tours start on an order of two bikes (wheels, bolts) for "Customer".
registry.category("web_tour.tours").add("mto_pegging_open_orders", {
    steps: () => [
        {
            content: "The order stands in the list, with what it waits for",
            trigger: `${rows}:contains(Bike):contains(Bolt)`,
        },
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Only mine",
            trigger: ".o_filter_menu .o_menu_item:contains(Mine)",
            run: "click",
        },
        {
            content: "By customer",
            trigger: ".o_group_by_menu .o_menu_item:contains(Customer)",
            run: "click",
        },
        {
            content: "Unfold the customer",
            trigger: ".o_group_header:contains(Customer)",
            run: "click",
        },
        {
            content: "Follow the order",
            trigger: `${rows}:contains(Bike) td[name='order_id']`,
            run: "click",
        },
        {
            content: "Its supply, level by level",
            trigger: ".o_mto_supply_tree tr:contains(Wheel)",
        },
    ],
});

registry.category("web_tour.tours").add("mto_pegging_to_order", {
    steps: () => [
        {
            content: "Grouped by vendor, unfolded",
            trigger: ".o_group_header:contains(Vendor)",
        },
        {
            content: "The bolts, for the customer",
            trigger: `${rows}:contains(Bolt):contains(Customer)`,
        },
        {
            content: "Select them",
            trigger: `${rows}:contains(Bolt) .o_list_record_selector input`,
            run: "click",
        },
        {
            content: "Order",
            trigger: "button[name='action_order']",
            run: "click",
        },
        {
            content: "What that orders",
            trigger: ".modal .o_data_row:contains(Vendor)",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            content: "Nothing is left",
            trigger: ".o_view_nocontent_smiling_face:contains(Nothing is waiting)",
        },
    ],
});

registry.category("web_tour.tours").add("mto_pegging_columns", {
    steps: () => [
        {
            content: "Manufacturing orders: which columns are there?",
            trigger: ".o_optional_columns_dropdown button",
            run: "click",
        },
        {
            content: "Show the customer orders",
            trigger: ".o-dropdown-item:contains(Customer Orders) input",
            run: "click",
        },
        {
            content: "The wheels tell their order",
            trigger: `${rows}:contains(Wheel) td[name='customer_order_ids'] .o_tag`,
        },
        {
            content: "Open the groupings",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Group by customer order",
            trigger: ".o_group_by_menu .o_menu_item:contains(Customer Order)",
            run: "click",
        },
        {
            content: "The order is a group",
            trigger: ".o_group_header:contains(S0)",
        },
    ],
});
