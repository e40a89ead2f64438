import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("mto_suite_start_later", {
    steps: () => [
        {
            content: "Open the delivery part of the quotation",
            trigger: ".o_notebook_headers a[name='other_information']",
            run: "click",
        },
        {
            content: "The order starts later",
            trigger: ".o_field_widget[name='start_later'] input",
            run: "click",
        },
        {
            content: "The salesperson starts it, unless somebody else is chosen",
            trigger: ".o_field_widget[name='start_owner_id'] input:value(Tour Seller)",
        },
        {
            content: "It says why",
            trigger: ".o_field_widget[name='start_later_reason'] input",
            run: "edit Colours are open",
        },
        {
            content: "Confirm",
            trigger: ".o_statusbar_buttons button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The order is confirmed and says that it waits",
            trigger: ".alert:contains(Waiting to be started: Colours are open)",
        },
        {
            content: "Nothing is to be delivered yet",
            trigger: ".o_form_view:not(:has(button[name='action_view_delivery']))",
        },
        {
            content: "Start it",
            trigger: ".o_statusbar_buttons button[name='action_start']",
            run: "click",
        },
        {
            content: "It is delivered from now on",
            trigger: "button[name='action_view_delivery']",
        },
        {
            content: "It waits no longer",
            trigger:
                ".o_form_view:not(:has(.alert:contains(Waiting to be started))):not(:has(button[name='action_start']))",
        },
    ],
});

registry.category("web_tour.tours").add("mto_suite_engineering", {
    steps: () => [
        {
            content: "One line waits, under the name of its engineer",
            trigger: ".o_group_header:contains(Tour Engineer)",
        },
        {
            content: "Open the new bill of materials of its product",
            trigger: ".o_data_row:contains(Tour Special) button:contains(Create BoM)",
            run: "click",
        },
        {
            content: "The product is filled in; add a component",
            trigger:
                ".o_field_widget[name='product_tmpl_id'] input:value(Tour Special)",
        },
        {
            trigger:
                ".o_field_widget[name='bom_line_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name='product_id'] input",
            run: "edit Tour Tube",
        },
        {
            trigger: ".ui-autocomplete a:contains(Tour Tube)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is finished: start the order line",
            trigger: ".alert:contains(wait for this bill) button",
            run: "click",
        },
        {
            content: "Nothing waits for it any more",
            trigger: ".o_form_view:not(:has(.alert:contains(wait for this bill)))",
        },
        {
            content: "Back to the list",
            trigger: ".o_breadcrumb a:contains(To be Engineered), .o_back_button",
            run: "click",
        },
        {
            content: "The list is empty and says how lines come here",
            trigger: ".o_view_nocontent:contains(Nothing is waiting for engineering)",
        },
    ],
});
