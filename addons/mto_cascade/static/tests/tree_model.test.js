import {describe, expect, test} from "@odoo/hoot";
import {
    contains,
    getChunks,
    getVisible,
    openToLevel,
    withAncestors,
} from "@mto_cascade/supply_tree/tree_model";

describe.current.tags("headless");

/** bike > wheel > spoke, rim; bike > frame; bell */
const ROWS = [
    {parent: -1, level: 0, has_children: true, cells: {product: "Bike"}},
    {parent: 0, level: 1, has_children: true, cells: {product: "Wheel"}},
    {parent: 1, level: 2, has_children: false, cells: {product: "Spoke"}},
    {
        parent: 1,
        level: 2,
        has_children: false,
        problem: true,
        cells: {product: "Rim", quantity: {value: 2}},
    },
    {parent: 0, level: 1, has_children: false, cells: {product: "Frame"}},
    {parent: -1, level: 0, has_children: false, cells: {product: "Bell"}},
];

test("folded, only the top is shown", () => {
    expect(getVisible(ROWS, new Set(), null)).toEqual([0, 5]);
});

test("a row below a folded one stays hidden though its parent is unfolded", () => {
    expect(getVisible(ROWS, new Set([1]), null)).toEqual([0, 5]);
});

test("unfolding to a level", () => {
    expect([...openToLevel(ROWS, 1)]).toEqual([0]);
    expect(getVisible(ROWS, openToLevel(ROWS, 1), null)).toEqual([0, 1, 4, 5]);
    expect(getVisible(ROWS, openToLevel(ROWS, 9), null)).toEqual([0, 1, 2, 3, 4, 5]);
});

test("a filter shows what it finds and the way to it, folded or not", () => {
    const kept = withAncestors(ROWS, (row) => row.problem);
    expect([...kept].sort()).toEqual([0, 1, 3]);
    expect(getVisible(ROWS, new Set(), kept)).toEqual([0, 1, 3]);
});

test("words are looked for in texts only", () => {
    expect(contains(ROWS[3], "rim")).toBe(true);
    expect(contains(ROWS[3], "2")).toBe(false);
});

test("positions in pieces by their place in the tree", () => {
    expect(getChunks([0, 1, 2, 3, 4], 2)).toEqual([
        [0, [0, 1]],
        [1, [2, 3]],
        [2, [4]],
    ]);
    expect(getChunks([0, 3, 4], 2)).toEqual([
        [0, [0]],
        [1, [3]],
        [2, [4]],
    ]);
    expect(getChunks([], 2)).toEqual([]);
});
