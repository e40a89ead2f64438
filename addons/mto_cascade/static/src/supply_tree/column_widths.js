/**
 * How wide columns are. Plain data: widths are in characters, of the table's font.
 *
 * A browser that finds out by itself looks at every cell of all rows, and again
 * whenever rows are added; and columns would jump while a big tree is drawn.
 */

// Around the words of a cell, and of a badge.
const PADDING = 1.2;
const BADGE = 2;
// A character is as wide as a digit; letters are narrower, those of a badge smaller.
const LETTER = 0.9;
const BADGE_LETTER = 0.78;
// A header may be broken into lines that are not shorter.
const HEADER_LINE = 7;
// What is longer is broken into lines; the room for names and long words.
const LONGEST = 24;
const NAME = 15;
const LONG_WORDS = 20;
const PROGRESS = 6;

/** Characters that the label above a column needs. */
function getHeaderLength(label) {
    const longestWord = Math.max(...label.split(" ").map((word) => word.length));
    return Math.max(longestWord, Math.min(label.length, HEADER_LINE));
}

/**
 * Width of a column, null where it takes what the others leave.
 *
 * @param {Object} column as `get_tree` of the model `mto.supply.tree` answers
 * @param {Number} longest characters of its longest cell
 */
export function getColumnWidth(column, longest) {
    if (column.small) {
        return null;
    }
    const header = getHeaderLength(column.label);
    const words = Math.min(longest, LONGEST);
    const cells = {
        progress: PROGRESS,
        state: words && words * BADGE_LETTER + BADGE,
        text: words * LETTER,
    };
    return Math.max(header, cells[column.type] ?? words) + PADDING;
}

/**
 * Widths of all columns and what the table needs at least.
 *
 * @param {Object[]} columns the first one has the names, and takes what is left
 * @param {Number[]} longest characters of the longest cell of each
 * @returns {Object} `columns` (null for what is left), `least` and, without the
 *  optional columns, `leastNarrow`; the room that levels take is not in it
 */
export function getWidths(columns, longest) {
    const widths = columns.map((column, index) =>
        index ? getColumnWidth(column, longest[index]) : null
    );
    const least = columns.map((_column, index) =>
        index ? (widths[index] ?? LONG_WORDS) : Math.min(longest[0], NAME) + PADDING
    );
    const sum = (isCounted) =>
        Math.ceil(
            least
                .filter((_width, index) => isCounted(columns[index]))
                .reduce((total, width) => total + width, 0)
        );
    return {
        columns: widths,
        least: sum(() => true),
        leastNarrow: sum((column) => !column.optional),
    };
}
