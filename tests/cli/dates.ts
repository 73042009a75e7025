/** Days of next year, so that the tests mean the same whenever they are run. Instants are those of Europe/Madrid. */

export const NEXT_YEAR = new Date().getUTCFullYear() + 1;

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** A day in winter, when Madrid is an hour ahead of UTC. */
export const SPRING = {
  wall: `${NEXT_YEAR}-03-01T09:00`,
  instant: `${NEXT_YEAR}-03-01T08:00:00.000Z`,
  local: `${WEEKDAYS[new Date(Date.UTC(NEXT_YEAR, 2, 1)).getUTCDay()]} 1 Mar ${NEXT_YEAR}, 09:00 Europe/Madrid (in `,
} as const;

/** The clocks go from 02:00 to 03:00. */
export const GAP_DAY = lastSunday(3);
/** The clocks go from 03:00 back to 02:00. */
export const FOLD_DAY = lastSunday(10);

/** "2027-03-28". The month is 1 to 12, and has 31 days. */
function lastSunday(month: number): string {
  const last = new Date(Date.UTC(NEXT_YEAR, month - 1, 31));
  last.setUTCDate(31 - last.getUTCDay());
  return last.toISOString().slice(0, 10);
}
