import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("mto_suite_supply_policy", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: ".o_app[data-menu-xmlid='mto_suite.mto_suite_menu_root']",
            run: "click",
        },
        {
            content: "Open the products",
            trigger: "button[data-menu-xmlid='mto_suite.products_menu']",
            run: "click",
        },
        {
            content: "Open the list of supply policies",
            trigger: "a[data-menu-xmlid='mto_suite.product_template_menu']",
            run: "click",
        },
        {
            content: "The list has loaded",
            trigger: ".o_breadcrumb:contains(Supply Policies)",
        },
        {
            content: "All products are there",
            trigger: ".o_data_row:contains(Tour Saddle)",
        },
        {
            content: "Look for the tour's products",
            trigger: ".o_searchview:contains(Goods) .o_searchview_input",
            run: "edit Tour Frame",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Product)",
            run: "click",
        },
        {
            content: "Two products are left",
            trigger:
                ".o_list_view tbody:not(:has(.o_data_row:contains(Tour Saddle))) .o_data_row:contains(Tour Frame A) ~ .o_data_row:contains(Tour Frame B)",
        },
        {
            content: "Select both",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Both are selected",
            trigger:
                ".o_data_row_selected:contains(Tour Frame A) ~ .o_data_row_selected",
        },
        {
            content: "Edit the policy of both",
            trigger: ".o_data_row:contains(Tour Frame A) td[name='supply_policy']",
            run: "click",
        },
        {
            trigger: "td[name='supply_policy'] .o_select_menu_toggler",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Make to order)",
            run: "click",
        },
        {
            content: "Confirm the change of two records",
            trigger: ".modal-footer .btn-primary:contains(Update)",
            run: "click",
        },
        {
            content: "Both say how they will be supplied",
            trigger:
                ".o_data_row:contains(Tour Frame A):contains(for the order) ~ .o_data_row:contains(Tour Frame B):contains(for the order)",
        },
        {
            content: "Open the configuration",
            trigger: "button[data-menu-xmlid='mto_suite.configuration_menu']",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='mto_suite.settings_menu']",
            run: "click",
        },
        {
            content: "The settings open at the app's own page",
            trigger:
                ".app_settings_block:not(.d-none) #supply_policy_by_product:contains(Make to order: )",
        },
        {
            content: "The page leads on to the categories",
            trigger: "#supply_policy_by_category button",
            run: "click",
        },
        {
            content: "A category has a policy as well",
            trigger: ".o_list_view th[data-name='supply_policy']",
        },
    ],
});
