import {registry} from "@web/core/registry";

// The tour starts on an order of wheels whose bolts come a month after those of another
// order.
registry.category("web_tour.tours").add("mto_serve_first", {
    steps: () => [
        {
            content: "Supply of this order",
            trigger: "button.oe_stat_button:contains(Supply)",
            run: "click",
        },
        {
            content: "Serve it first",
            trigger: ".o_mto_action:contains(Serve This First)",
            run: "click",
        },
        {
            content: "The other order has bolts; all of them are suggested",
            trigger: ".modal .o_field_widget[name='line_ids'] tr:contains(Bolt)",
        },
        {
            content: "Nothing can be applied before it was looked at",
            trigger: ".modal:not(:has(button[name='action_apply']))",
        },
        {
            content: "Who loses what?",
            trigger: ".modal button[name='action_preview']",
            run: "click",
        },
        {
            content: "The other customer",
            trigger:
                ".modal .o_field_widget[name='effect_ids'] tr:contains(Other Customer)",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit The hospital waits",
        },
        {
            content: "Do it",
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "Told",
            trigger: ".o_notification:contains(is served first)",
        },
        {
            content: "The tree is read again",
            trigger: "body:not(:has(.modal)) .o_mto_supply_tree tr:contains(Bolt)",
        },
    ],
});
