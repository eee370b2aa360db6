/** What the fixture site does differently. All are off in `defaults`. */
export interface Switches {
  /** Rows that `/rfis`, `/api/rfis` and `/spa` list, and how many stand on a page. */
  total: number;
  perPage: number;
  /** Rows of `/grid`. */
  gridRows: number;
  /**
   * What Next is on the last page of `/rfis` and `/spa`: not there, a dead link with aria-disabled, a disabled button, a link to the same
   * page, or a link to page 1.
   */
  lastPage: 'missing' | 'aria-disabled' | 'disabled' | 'same' | 'first';
  /** What Next is: a link, a link whose click a script handles, or a button. */
  next: 'link' | 'handled' | 'button';
  /** Without a session, pages lead to `/login` and the API answers 401. The cookie is `HttpOnly` and holds `canary.cookie`. */
  login: boolean;
  /** The session ends by itself once after this many list pages. */
  expireAfter: number | null;
  /** After the password comes a page that wants `canary.code`. */
  twoFactor: boolean;
  /** A captcha frame stands before the list until it is ticked. */
  captcha: boolean;
  /** The sign-in pages fill and send themselves after this many milliseconds, as the user would. */
  userActsAfter: number | null;
  /** These many requests, below `path`, after the first `after`, are answered with `status` and a hint of `seconds` (1). */
  refuse: {
    status: 429 | 500 | 503;
    hint: 'none' | 'retry-after' | 'retry-after-date' | 'x-rate-limit';
    times: number;
    seconds?: number;
    path?: string;
    after?: number;
  } | null;
  /** More than `limit` requests in a window are answered with 429; every answer carries X-Rate-Limit-*. */
  spike: { limit: number; windowMs: number } | null;
  /** Milliseconds before every answer. */
  delay: number;
  /** `/rfis` with other markup and class names, the columns in another order, and one more. */
  drifted: boolean;
  /** A second "Save RFI" in a dialog; or none at all; or one with other id, text and place. */
  saveButton: 'one' | 'duplicate' | 'removed' | 'moved';
  /** `/export/schedule.csv` ends in the middle this many times. */
  brokenDownloads: number;
  /** `/rfis` shows a spinner in place of its rows, without end. */
  spinner: boolean;
  /** Rows with a date, a number and an address that are none. */
  badRows: boolean;
  /** `/rfis` has no rows at all. */
  empty: boolean;
}

export const defaults: Switches = {
  total: 50 * 25,
  perPage: 25,
  gridRows: 500,
  lastPage: 'missing',
  next: 'link',
  login: false,
  expireAfter: null,
  twoFactor: false,
  captcha: false,
  userActsAfter: null,
  refuse: null,
  spike: null,
  delay: 0,
  drifted: false,
  saveButton: 'one',
  brokenDownloads: 0,
  spinner: false,
  badRows: false,
  empty: false,
};

/** Strings that must be found in no file, message or log. */
export const canary = {
  cookie: 'canary-cookie-6f1d2c9a',
  user: 'canary.user@example.com',
  password: 'canary-password-b83e07',
  code: '271828',
  token: 'canary-token-41f9d3',
  query: 'canary-query-5a7730',
} as const;
