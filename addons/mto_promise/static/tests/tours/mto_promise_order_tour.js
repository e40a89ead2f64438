import {registry} from "@web/core/registry";

const OUTLOOK = ".o_mto_promise_outlook";

// The tour starts on a quotation that is promised too early; a reason is asked for.
registry.category("web_tour.tours").add("mto_promise_early", {
    steps: () => [
        {
            content: "The line says that it comes too late",
            trigger: ".o_data_row .o_mto_promise_earliest[data-state=late]",
        },
        {
            content: "Confirm it all the same",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:not(.d-none)",
            run: "click",
        },
        {
            content: "It is refused, with the date and what to do",
            trigger:
                ".modal:contains(earliest date):contains(give a reason) .modal-footer button",
            run: "click",
        },
        {
            content: "The place for the reason is on the line",
            trigger: "body:not(:has(.modal)) .o_data_row td[name=early_promise_reason]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".o_data_row [name=early_promise_reason] input",
            run: "edit Trade fair",
        },
        {
            content: "Confirm",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:not(.d-none)",
            run: "click",
        },
        {
            content: "It is an order",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=sale]",
        },
        {
            content: "And the reason is noted",
            trigger: ".o-mail-Message:contains(Trade fair)",
        },
    ],
});

// The tour starts on a confirmed order whose vendor comes later than planned.
registry.category("web_tour.tours").add("mto_promise_delay", {
    steps: () => [
        {
            content: "The order says how late it will be, and because of which vendor",
            trigger: `${OUTLOOK}:contains(days late):contains(Vendor)`,
        },
        {
            content: "Promise another date",
            trigger: `${OUTLOOK} button[name=action_renew_promises]`,
            run: "click",
        },
        {
            content: "What is late gets the projected date",
            trigger: ".modal .o_data_row td[name=cause]:contains(Vendor)",
        },
        {
            content: "For the colleagues",
            trigger: ".modal [name=note] input",
            run: "edit The vendor moved it",
        },
        {
            content: "Promise it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The order is in time again",
            trigger: `body:not(:has(.modal)) ${OUTLOOK}:not(:has(strong:contains(days late)))`,
        },
        {
            content: "What was promised before?",
            trigger: `${OUTLOOK} button[name=action_open_promise_history]`,
            run: "click",
        },
        {
            content: "The first promise and the new one",
            trigger:
                ".o_list_view:has(.o_data_row:nth-child(2)) .o_data_row:contains(The vendor moved it)",
        },
    ],
});

// The tour starts on a confirmed order that is late, as a planner.
registry.category("web_tour.tours").add("mto_promise_move_dates", {
    steps: () => [
        {
            content: "Look at the dates that cannot be kept",
            trigger: `${OUTLOOK} button[name=action_move_dates]`,
            run: "click",
        },
        {
            content: "A manufacturing order has to wait",
            trigger: ".modal .o_data_row [name=is_chosen] input:checked",
        },
        {
            content: "Move what is ticked",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Done",
            trigger: `body:not(:has(.modal)) ${OUTLOOK}`,
        },
    ],
});

// The tour starts on the orders in production, one of them late, as somebody who has
// no rights on sales.
registry.category("web_tour.tours").add("mto_promise_factory_moves_dates", {
    steps: () => [
        {
            content: "Choose what is late",
            trigger:
                ".o_data_row:has(button[name=action_move_dates]) .o_list_record_selector",
            run: "click",
        },
        {
            content: "Look at the dates that cannot be kept",
            trigger: ".o_control_panel button[name=action_move_dates]",
            run: "click",
        },
        {
            content: "A manufacturing order has to wait, and for which order that is",
            trigger:
                ".modal .o_data_row:has([name=is_chosen] input:checked) td[name=served]",
        },
        {
            content: "Move what is ticked",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is told what moved",
            trigger: "body:not(:has(.modal)) .o_notification:contains(Moved)",
        },
    ],
});

// The tour starts on the suggested lead times.
registry.category("web_tour.tours").add("mto_promise_suggestion", {
    steps: () => [
        {
            content: "The vendor needs longer than he says",
            trigger: ".o_data_row:contains(Steel) td[name=current_days]:contains(25)",
        },
        {
            content: "Accept what is suggested",
            trigger: ".o_data_row:contains(Steel) button[name=action_accept]",
            run: "click",
        },
        {
            content: "It is done: the row has nothing to accept any more",
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains(Steel) button[name=action_accept]))",
        },
    ],
});

// The tour starts on a product that is made; its customers wait too long.
registry.category("web_tour.tours").add("mto_promise_stocking", {
    steps: () => [
        {
            content: "How it is supplied",
            trigger: ".o_notebook_headers a[name=inventory]",
            run: "click",
        },
        {
            content: "The product says that its customers wait too long",
            trigger: "[name=wait_message]:contains(more than the target)",
        },
        {
            content: "What could be stocked?",
            trigger: "button[name=action_decide_stocking]",
            run: "click",
        },
        {
            content: "Steel alone saves most",
            trigger:
                "[name=line_ids] .o_data_row:first:contains(Steel) td[name=new_wait_days]:contains(11)",
        },
        {
            content: "Find the cheapest set",
            trigger: "button[name=action_choose]",
            run: "click",
        },
        {
            content: "Steel is ticked",
            trigger: "[name=line_ids] .o_data_row:contains(Steel) input:checked",
        },
        {
            content: "Stock it",
            trigger: "button[name=action_apply]",
            run: "click",
        },
        {
            content: "After a question",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "There is a reordering rule for it",
            trigger: ".o_list_view .o_data_row:contains(Steel)",
        },
    ],
});
