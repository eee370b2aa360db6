/** When a job runs by itself: every so many milliseconds, or at a time of the day (`07:30`), on some days of the week or on all. */
export type Schedule = { every: number } | { at: string; days?: readonly Weekday[] | undefined };
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * When it is due next. A time that is not after `now` means: at once, and once only, however many times were missed while the machine slept.
 * @param lastStart when it was last started, or when it was switched on without having run; milliseconds since 1970, like `now`.
 */
export function nextDue(schedule: Schedule, lastStart: number, now: number): number {
  // A clock that was set back must not put the job off until it has caught up.
  const last = Math.min(lastStart, now);
  return 'every' in schedule ? last + schedule.every : nextTimeOfDay(schedule.at, schedule.days ?? weekdays, last);
}

function nextTimeOfDay(at: string, days: readonly Weekday[], after: number): number {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const from = new Date(after);
  for (let ahead = 0; ; ahead++) {
    // Built from the calendar, not by adding 24 hours: a day with a change of the clock has 23 or 25. A time the clock skips becomes an hour
    // later; of one that comes twice it is the first.
    const time = new Date(from.getFullYear(), from.getMonth(), from.getDate() + ahead, hour, minute);
    const day = weekdays[new Date(from.getFullYear(), from.getMonth(), from.getDate() + ahead).getDay()];
    if (time.getTime() > after && day !== undefined && days.includes(day)) return time.getTime();
    if (ahead > 8) return Number.POSITIVE_INFINITY;
  }
}
