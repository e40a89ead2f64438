import {describe, expect, test} from "@odoo/hoot";
import {getColumnWidth, getWidths} from "@mto_cascade/supply_tree/column_widths";

describe.current.tags("headless");

const TEXT = {name: "document", label: "Document", type: "document"};

test("a column is as wide as its longest cell or its header", () => {
    expect(getColumnWidth(TEXT, 13)).toBe(15);
    expect(getColumnWidth(TEXT, 3)).toBe(10);
    // In lines of at least a word.
    expect(getColumnWidth({...TEXT, label: "Days of Slack"}, 2)).toBe(11);
    expect(getColumnWidth({...TEXT, label: "Subcontracting"}, 2)).toBe(16);
});

test("what is very long is broken into lines", () => {
    expect(getColumnWidth(TEXT, 300)).toBe(26);
    expect(getColumnWidth({...TEXT, small: true}, 300)).toBe(null);
});

test("a badge has small letters and round ends", () => {
    expect(getColumnWidth({...TEXT, type: "state"}, 20)).toBe(21);
});

test("the names take what is left; what is hidden needs nothing", () => {
    const columns = [
        {name: "product", label: "Product", type: "text"},
        TEXT,
        {...TEXT, optional: true},
        {...TEXT, small: true},
    ];
    expect(getWidths(columns, [30, 8, 8, 90])).toEqual({
        columns: [null, 10, 10, null],
        least: 22 + 10 + 10 + 20,
        leastNarrow: 22 + 10 + 20,
    });
});
