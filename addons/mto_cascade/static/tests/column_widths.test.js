import {describe, expect, test} from "@odoo/hoot";
import {getColumnWidth, getWidths} from "@mto_cascade/supply_tree/column_widths";

describe.current.tags("headless");

const TEXT = {name: "document", label: "Document", type: "document"};

/** Characters that are kept for the words of a column. */
function getRoom(values, longest) {
    return Math.round((getColumnWidth({...TEXT, ...values}, longest) - 1.2) * 10) / 10;
}

test("a column is as wide as its longest cell or its header", () => {
    expect(getRoom({}, 13)).toBe(13);
    expect(getRoom({}, 3)).toBe(8);
    // In lines of at least a word.
    expect(getRoom({label: "Days of Slack"}, 2)).toBe(7);
    expect(getRoom({label: "Subcontracting"}, 2)).toBe(14);
    // Letters are narrower than digits.
    expect(getRoom({type: "text"}, 20)).toBe(18);
});

test("what is very long is broken into lines", () => {
    expect(getRoom({}, 300)).toBe(24);
    expect(getColumnWidth({...TEXT, small: true}, 300)).toBe(null);
});

test("a badge has small letters and round ends", () => {
    expect(getRoom({type: "state"}, 20)).toBe(17.6);
});

test("the names take what is left; what is hidden needs nothing", () => {
    const columns = [
        {name: "product", label: "Product", type: "text"},
        TEXT,
        {...TEXT, optional: true},
        {...TEXT, small: true},
    ];
    expect(getWidths(columns, [30, 8, 8, 90])).toEqual({
        columns: [null, 9.2, 9.2, null],
        least: Math.ceil(16.2 + 9.2 + 9.2 + 20),
        leastNarrow: Math.ceil(16.2 + 9.2 + 20),
    });
});
