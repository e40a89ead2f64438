/**
 * Where dates lie on a timeline. Plain data: moments are milliseconds, places are
 * percent of the width.
 */

const DAY = 24 * 3600 * 1000;
// Days between two marks; the first that leaves few enough.
const STEPS = [1, 2, 7, 14, 28, 91, 182, 364];
const MOST_TICKS = 12;
// A day of the calendar that was a Monday: weeks are marked where they begin.
const A_MONDAY = 4 * DAY;
// What has no length is still to be seen.
const LEAST_WIDTH = 0.8;

/** Milliseconds of a moment as the server writes it (UTC), null for none. */
export function toMoment(text) {
    return text ? Date.parse(text.replace(" ", "T") + "Z") : null;
}

/**
 * First and last moment of the rows, with `today` among them and some air around.
 *
 * @param {Object[]} rows
 * @param {string[]} names of the cells with dates
 * @param {number} today
 */
export function getRange(rows, names, today) {
    const moments = [today];
    for (const row of rows) {
        for (const name of names) {
            const moment = toMoment(row.cells[name]);
            if (moment !== null) {
                moments.push(moment);
            }
        }
    }
    const first = moments.reduce((a, b) => Math.min(a, b));
    const last = moments.reduce((a, b) => Math.max(a, b));
    const air = Math.max(DAY, (last - first) * 0.02);
    return {first: first - air, last: last + air};
}

export function getPlace(range, moment) {
    return ((moment - range.first) / (range.last - range.first)) * 100;
}

/** Place and width of a bar; null where a row has no date. */
export function getBar(range, startText, endText) {
    const moments = [toMoment(startText), toMoment(endText)].filter((m) => m !== null);
    if (!moments.length) {
        return null;
    }
    const left = getPlace(range, Math.min(...moments));
    const right = getPlace(range, Math.max(...moments));
    const width = Math.max(right - left, LEAST_WIDTH);
    return {left: Math.min(left, 100 - width), width};
}

/** Moments to mark: days, or weeks from Monday where days would be too many. */
export function getTicks(range) {
    const days = (range.last - range.first) / DAY;
    const step = DAY * (STEPS.find((s) => days / s <= MOST_TICKS) || STEPS.at(-1));
    const ticks = [];
    let tick = Math.ceil((range.first - A_MONDAY) / step) * step + A_MONDAY;
    while (tick < range.last) {
        ticks.push(tick);
        tick += step;
    }
    return ticks;
}
