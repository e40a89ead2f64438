import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** A tour that is patient: checks look at the whole company, on a machine at work. */
function addTour(name, steps) {
    tours.add(name, {
        steps: () => steps.map((step) => ({timeout: 60000, ...step})),
    });
}

/** The card of an area on the page, where nothing is running. */
function area(code) {
    return `.o_readiness_page:not(:has(.progress)) [data-area='${code}']`;
}

function check(place, code) {
    return `${area(place)} [data-code='${code}']`;
}

/** From the page to who is at fault, by a button, and into the record in the list. */
function open(place, code, button, record, cell) {
    return [
        {
            content: `${code} is red`,
            trigger: `${check(place, code)} .badge:contains(Failed)`,
        },
        {
            trigger: `${check(place, code)} button:contains(${button})`,
            run: "click",
        },
        {
            content: "It is listed where it is put right",
            trigger: `.o_data_row:contains(${record}) td.o_data_cell[name='${cell}']`,
            run: "click",
        },
        {
            trigger: ".o_form_view",
        },
    ];
}

/** Save, go back to the page, run the check again: it is no longer among the faults. */
function putRight(place, code) {
    return [
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            content: "Back to the page",
            trigger:
                ".o_breadcrumb a:contains(Readiness by Area), .breadcrumb-item a:contains(Readiness by Area)",
            run: "click",
        },
        {
            trigger: `${check(place, code)} button:contains(Run again)`,
            run: "click",
        },
        {
            content: `${code} is put right`,
            trigger: `${area(place)}:not(:has([data-code='${code}']))`,
        },
    ];
}

addTour("mto_demo_first_run", [
    {
        content: "The page is found on the card",
        trigger: ".o_mto_demo_mine .o_mto_demo_link:contains(What the database says)",
        run: "click",
    },
    {
        trigger: ".o_readiness_page button:contains(See What the Database Says)",
        run: "click",
    },
    {
        content: "All checks have run: what was entered in a hurry is red",
        trigger: `${check("items", "M02")} .badge:contains(Failed)`,
    },
]);

addTour("mto_demo_reference", [
    ...open("items", "M02", "Show it", "Harness", "name"),
    {
        trigger: ".o_field_widget[name='default_code'] input",
        run: "edit HAR-100",
    },
    ...putRight("items", "M02"),
]);

addTour("mto_demo_lead_time", [
    ...open("vendors", "P02", "Show it", "Harness", "partner_id"),
    {
        trigger: ".o_field_widget[name='delay'] input",
        run: "edit 5",
    },
    ...putRight("vendors", "P02"),
]);

addTour("mto_demo_vendor", [
    ...open("vendors", "P01", "Open Vendor Pricelists", "Sheet Metal", "partner_id"),
    {
        content: "It ended: a new last day",
        trigger: ".o_field_widget[name='date_end'] button",
        run: "click",
    },
    {
        trigger: ".o_field_widget[name='date_end'] input",
        run: "edit 12/31/2099 && press Tab",
    },
    ...putRight("vendors", "P01"),
]);

/** The gate on the screen, in a state, with nothing in front of it. */
function inState(state) {
    return `body:not(:has(.modal)) .o_arrow_button_current:contains(${state})`;
}

const askForReview = [
    {
        content: "All that persons do is done",
        trigger: "button[name='action_request_review']",
        run: "click",
    },
    {
        trigger: ".modal-footer .btn-primary",
        run: "click",
    },
];

addTour("mto_demo_gate_refuses", [
    ...askForReview,
    {
        content: "What the database says holds it",
        trigger:
            ".modal:contains(is not ready):contains(internal reference):contains(valid today)",
    },
    {
        trigger: ".modal-footer .btn-primary",
        run: "click",
    },
    {
        trigger: inState("Open"),
    },
]);

addTour("mto_demo_gate_review", [
    ...askForReview,
    {
        trigger: inState("In Review"),
    },
]);

function sign(login, state) {
    return [
        {
            trigger: ".o_form_view button[name='action_sign']",
            run: "click",
        },
        {
            content: "What for is filled in",
            trigger: ".modal .o_field_widget[name='function_line_ids'] .o_tag",
        },
        {
            trigger: ".modal-footer button[name='action_sign']",
            run: "click",
        },
        {
            content: "It asks for the password",
            trigger: ".modal .o_field_widget[name='password'] input",
            run: `edit ${login}`,
        },
        {
            trigger: ".modal-footer button[name='run_check']",
            run: "click",
        },
        {
            content: "Signed: nothing more to sign",
            trigger: ".o_form_view:not(:has(button[name='action_sign']))",
        },
        {
            trigger: inState(state),
        },
    ];
}

addTour("mto_demo_gate_planner_signs", sign("planner", "In Review"));

addTour("mto_demo_gate_finance_signs", sign("finance", "Approved"));
