import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const EARLIEST = ".o_data_row .o_mto_promise_earliest";

// The tour starts on a quotation of two trailers, wanted much too early.
registry.category("web_tour.tours").add("mto_promise_quotation", {
    steps: () => [
        {
            content: "The line says that it comes too late",
            trigger: `${EARLIEST}[data-state=late]`,
        },
        {
            content: "So does the quotation, with what decides it",
            trigger: ".o_mto_promise_summary:contains(All of it by):contains(Steel)",
        },
        {
            content: "Why?",
            trigger: EARLIEST,
            run: "click",
        },
        {
            content: "Steel takes 25 days",
            trigger: ".o_mto_promise_popover .o_mto_promise_message:contains(Steel)",
        },
        {
            content: "Promise what can be kept",
            trigger: ".o_mto_promise_popover .o_mto_promise_use",
            run: "click",
        },
        {
            content: "The line is in time now",
            trigger: `${EARLIEST}:not([data-state=late])`,
        },
        ...stepUtils.saveForm(),
    ],
});

// The tour starts on a quotation of 20 trailers, 14 of which are in stock.
registry.category("web_tour.tours").add("mto_promise_two_parts", {
    steps: () => [
        {
            content: "The line has a date",
            trigger: EARLIEST,
            run: "click",
        },
        {
            content: "14 can be had sooner than the other 6",
            trigger:
                ".o_mto_promise_popover .o_mto_promise_parts:contains(14):contains(6)",
            run: "click",
        },
        {
            content: "The dialog proposes these parts",
            trigger: ".modal button[name=action_split]",
            run: "click",
        },
        {
            content: "The first part",
            trigger: ".o_data_row [name=product_uom_qty]:contains(14.00)",
        },
        {
            content: "The second part",
            trigger: ".o_data_row [name=product_uom_qty]:contains(6.00)",
        },
        ...stepUtils.saveForm(),
    ],
});
