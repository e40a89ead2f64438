import {describe, expect, test} from "@odoo/hoot";
import {
    getBar,
    getPlace,
    getRange,
    getTicks,
    toMoment,
} from "@mto_cascade/supply_tree/timeline";

describe.current.tags("headless");

const DAY = 24 * 3600 * 1000;
const TODAY = toMoment("2030-03-12 10:00:00");
const RANGE = {first: 0, last: 10 * DAY};

function row(start, end) {
    return {cells: {start, end}};
}

test("moments are read as UTC", () => {
    expect(toMoment("1970-01-02 00:00:00")).toBe(DAY);
    expect(toMoment(false)).toBe(null);
});

test("the range holds all dates and today", () => {
    const rows = [
        row("2030-03-20 00:00:00", "2030-04-20 00:00:00"),
        row(false, undefined),
    ];
    const range = getRange(rows, ["start", "end"], TODAY);
    expect(range.first).toBeLessThan(TODAY);
    expect(range.last).toBeGreaterThan(toMoment("2030-04-20 00:00:00"));
});

test("without a date today has a day around it", () => {
    expect(getRange([row(false, false)], ["start"], TODAY)).toEqual({
        first: TODAY - DAY,
        last: TODAY + DAY,
    });
});

test("a bar lies between its dates, whichever comes first", () => {
    const bar = {left: 10, width: 20};
    expect(getBar(RANGE, "1970-01-02 00:00:00", "1970-01-04 00:00:00")).toEqual(bar);
    expect(getBar(RANGE, "1970-01-04 00:00:00", "1970-01-02 00:00:00")).toEqual(bar);
    expect(getBar(RANGE, false, false)).toBe(null);
});

test("one date alone can be seen, also at the edge", () => {
    const bar = getBar(RANGE, false, "1970-01-11 00:00:00");
    expect(bar.width).toBeGreaterThan(0);
    expect(bar.left + bar.width).toBe(100);
});

test("few marks, at equal steps; weeks begin on Monday", () => {
    expect(getTicks(RANGE).length).toBe(10);
    const quarter = {first: TODAY, last: TODAY + 80 * DAY};
    const ticks = getTicks(quarter);
    expect(ticks.length).toBeLessThan(13);
    expect(new Date(ticks[0]).getUTCDay()).toBe(1);
    expect(ticks[1] - ticks[0]).toBe(7 * DAY);
    expect(getPlace(quarter, ticks[0])).toBeWithin(0, 100);
    expect(getTicks({first: 0, last: 9000 * DAY}).length).toBeLessThan(30);
});
