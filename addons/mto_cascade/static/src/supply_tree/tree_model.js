/**
 * Which rows of a tree are shown. Plain data: rows are in the order of reading, and know
 * their parent by position (-1 at the top).
 */

/** Positions of the rows that `isWanted`, and of everything above them. */
export function withAncestors(rows, isWanted) {
    const kept = new Set();
    rows.forEach((row, position) => {
        if (!isWanted(row)) {
            return;
        }
        let current = position;
        while (current >= 0 && !kept.has(current)) {
            kept.add(current);
            current = rows[current].parent;
        }
    });
    return kept;
}

/** Positions of the rows that have children and lie above `level`. */
export function openToLevel(rows, level) {
    const open = new Set();
    rows.forEach((row, position) => {
        if (row.has_children && row.level < level) {
            open.add(position);
        }
    });
    return open;
}

/**
 * Positions to show, in order.
 *
 * @param {Object[]} rows
 * @param {Set<number>} open positions of rows whose children are shown
 * @param {Set<number>|null} kept positions that a filter leaves, null without a filter;
 *  what a filter leaves is shown, folded or not
 */
export function getVisible(rows, open, kept) {
    const shown = new Set();
    const result = [];
    rows.forEach((row, position) => {
        const visible = kept
            ? kept.has(position)
            : row.parent < 0 || (shown.has(row.parent) && open.has(row.parent));
        if (visible) {
            shown.add(position);
            result.push(position);
        }
    });
    return result;
}

/** Whether the words of a row contain `text`. */
export function contains(row, text) {
    const wanted = text.toLowerCase();
    return Object.values(row.cells).some(
        (value) => typeof value === "string" && value.toLowerCase().includes(wanted)
    );
}

/**
 * The positions in pieces of rows that lie together in the tree, folded or not, so that
 * unfolding a row changes no other piece.
 *
 * @param {Number[]} positions in order
 * @param {Number} size of a piece when everything is unfolded
 * @returns {Array} pairs of the number of the piece and its positions
 */
export function getChunks(positions, size) {
    const chunks = new Map();
    for (const position of positions) {
        const key = Math.floor(position / size);
        if (!chunks.has(key)) {
            chunks.set(key, []);
        }
        chunks.get(key).push(position);
    }
    return [...chunks];
}
