import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("mto_demo_try_it", {
    steps: () => [
        {
            content: "The page opens after login, the own card first and marked",
            trigger:
                ".o_mto_demo_cards > .o_mto_demo_mine[data-login=sales]:first-child .badge:contains(You)",
        },
        {
            content: "There is a card for each role and one for the administrator",
            trigger: ".o_mto_demo_cards:has(> .o_mto_demo_card:nth-child(9))",
        },
        {
            content: "What the role may not open is locked",
            trigger:
                ".o_mto_demo_card[data-login=admin] .o_mto_demo_link:disabled:has(.fa-lock)",
        },
        {
            content: "Another role is one click away",
            trigger:
                ".o_mto_demo_card[data-login=planner] .o_mto_demo_switch[href*=planner]",
        },
        {
            content: "Follow the first link",
            trigger:
                ".o_mto_demo_mine .o_mto_demo_link:contains(20 bicycles by the end of the month)",
            run: "click",
        },
        {
            content: "The order for 20 bicycles opens",
            trigger: ".o_form_view .o_data_row:contains(Bicycle):contains(20.00)",
        },
        {
            content: "The page is in the breadcrumb",
            trigger:
                ".o_breadcrumb a:contains(Try it), .breadcrumb-item a:contains(Try it)",
            run: "click",
        },
        {
            content: "Back on the page",
            trigger: ".o_mto_demo_cards",
        },
    ],
});
