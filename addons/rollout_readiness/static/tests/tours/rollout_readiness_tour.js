import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const CHECK = ".o_readiness_page [data-area='items'] [data-code='M02']";

tours.add("rollout_readiness_put_right", {
    steps: () => [
        {
            content: "Nothing yet: the page says what it is",
            trigger: ".o_readiness_page button:contains(See What the Database Says)",
            run: "click",
        },
        {
            content: "A product without a reference, and what to do",
            trigger: `${CHECK}:contains(1 of 1 products) .badge:contains(Failed)`,
        },
        {
            trigger: `${CHECK} button:contains(Show it)`,
            run: "click",
        },
        {
            content: "It is opened where it is put right",
            trigger: ".o_data_row:contains(Bell) td.o_data_cell[name='name']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='default_code'] input",
            run: "edit BELL-1",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            content: "Back to the page",
            trigger: ".breadcrumb-item:contains(Readiness by Area), .o_back_button",
            run: "click",
        },
        {
            trigger: `${CHECK} button:contains(Run again)`,
            run: "click",
        },
        {
            content: "It no longer stands among what is wrong",
            trigger:
                ".o_readiness_page [data-area='items']:not(:has([data-code='M02']))",
        },
        {
            content: "What needs no choice is put right by a button",
            trigger: "[data-code='F01'] button:contains(Activate Make to Order)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Each warehouse can sell make to order)",
        },
        {
            trigger: ".o_readiness_page:not(:has([data-code='F01']))",
        },
    ],
});
