import {beforeEach, expect, test} from "@odoo/hoot";
import {animationFrame} from "@odoo/hoot-mock";
import {queryAllAttributes, queryOne} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    getService,
    mountWithCleanup,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";

defineMailModels();

const CARD = ".o_mto_demo_card";
const LINK = ".o_mto_demo_link";

function makeLink(id, values = {}) {
    return {id, name: `Link ${id}`, text: false, is_available: true, ...values};
}

function makeCard(login, links, values = {}) {
    return {
        id: links[0].id,
        role: `Role of ${login}`,
        icon: "fa-user-o",
        text: "What the role cares about.",
        person: `Person of ${login}`,
        login,
        is_mine: false,
        links,
        ...values,
    };
}

/** Open the page with these cards, the way the menu does it. */
async function openPage(cards) {
    onRpc("mto.demo.card", "get_cards", () => cards);
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "mto_demo_try_it",
    });
}

beforeEach(() => {
    // What a link does is told by the server: the caller's own contact, here.
    onRpc("mto.demo.card.link", "action_open", ({args}) => {
        expect.step(`action_open ${args[0]}`);
        return {
            type: "ir.actions.act_window",
            name: "Own contact",
            res_model: "res.partner",
            res_id: serverState.partnerId,
            views: [[false, "form"]],
        };
    });
});

test("the own card comes first and is marked, the others keep their order", async () => {
    await openPage([
        makeCard("sales", [makeLink(1)]),
        makeCard("purchasing", [makeLink(2)]),
        makeCard("planner", [makeLink(3)], {is_mine: true}),
    ]);

    expect(queryAllAttributes(CARD, "data-login")).toEqual([
        "planner",
        "sales",
        "purchasing",
    ]);
    expect(`${CARD}.o_mto_demo_mine`).toHaveCount(1);
    expect(`${CARD}[data-login=planner] .badge`).toHaveText("You");
    expect(`${CARD} .badge`).toHaveCount(1);
});

test("each other card offers to log in as its person", async () => {
    await openPage([
        makeCard("a&b", [makeLink(1)]),
        makeCard("planner", [makeLink(2)], {is_mine: true}),
    ]);

    expect(`${CARD}.o_mto_demo_mine .o_mto_demo_switch`).toHaveCount(0);
    const address = new URL(queryOne(`${CARD} .o_mto_demo_switch`).href);
    expect(address.pathname).toBe("/web/session/logout");
    const redirect = address.searchParams.get("redirect");
    expect(redirect).toBe("/web/login?login=a%26b");
});

test("a locked link cannot be clicked and says who can open it", async () => {
    await openPage([
        makeCard("purchasing", [
            makeLink(1, {is_available: false}),
            makeLink(2, {text: "What to look at"}),
        ]),
    ]);

    const locked = `${LINK}[data-link='1']`;
    expect(locked).not.toBeEnabled();
    expect(`${locked} .fa-lock`).toHaveCount(1);
    expect(locked).toHaveAttribute("title", "Log in as “purchasing” to open it");
    expect(`${LINK}[data-link='2']`).toBeEnabled();
    expect(`${LINK}[data-link='2'] .fa-lock`).toHaveCount(0);
    expect(`${LINK}[data-link='2'] .o_mto_demo_link_text`).toHaveText(
        "What to look at"
    );

    queryOne(locked).click();
    await animationFrame();
    expect.verifySteps([]);
    expect(".o_mto_demo_try_it").toHaveCount(1);
});

test("a link opens what the server answers, the page stays in the breadcrumb", async () => {
    await openPage([makeCard("sales", [makeLink(7)], {is_mine: true})]);

    await contains(`${LINK}[data-link='7']`).click();

    expect.verifySteps(["action_open 7"]);
    expect(".o_form_view").toHaveCount(1);
    expect(getService("action").currentController.action.res_model).toBe("res.partner");
    await contains(".o_back_button, .breadcrumb-item a").click();
    expect(`${CARD}[data-login=sales]`).toHaveCount(1);
});

test("without cards the page still tells what it is about", async () => {
    await openPage([]);

    expect(".o_mto_demo_try_it h1").toHaveText("A day at Ridgeway Bicycles");
    expect(".o_mto_demo_cards").toHaveCount(1);
    expect(CARD).toHaveCount(0);
});
