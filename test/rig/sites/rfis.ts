/** The rows of the fixture sites: the n-th (from 1) is the same in every run. */
export interface Rfi {
  id: number;
  number: string;
  subject: string;
  status: 'Open' | 'Closed' | 'Draft';
  assignee: string;
  email: string;
  /** YYYY-MM-DD. */
  due: string;
  cost: number;
}

const subjects = ['Slab edge detail', 'Door hardware', 'Duct clash, level', 'Rebar spacing', 'Façade "anchor" type', 'Fire stopping'];
const people = ['Ana Pérez', 'Bo Lindqvist', 'Chen Wei', 'Dora Nagy'];
const states = ['Open', 'Closed', 'Draft'] as const;
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

export function rfi(n: number): Rfi {
  const person = people[n % people.length]!;
  return {
    id: 1000 + n,
    number: `RFI-${String(n).padStart(4, '0')}`,
    subject: `${subjects[n % subjects.length]!} ${n}`,
    status: states[n % states.length]!,
    assignee: person,
    email: `${person.split(' ')[0]!.toLowerCase()}${n % 7}@example.com`,
    due: `${2026 + (n % 3)}-${two((n % 12) + 1)}-${two((n % 28) + 1)}`,
    cost: Math.round((n * 7919) % 2_000_000) / 100,
  };
}

export const rfisOfPage = (page: number, perPage: number, total: number): Rfi[] =>
  Array.from({ length: Math.max(0, Math.min(perPage, total - (page - 1) * perPage)) }, (_, i) => rfi((page - 1) * perPage + i + 1));

/** As the list shows it: `Mar 4, 2027` and `$1,234.50`. */
export const shownDate = (due: string): string =>
  `${monthNames[Number(due.slice(5, 7)) - 1]!} ${Number(due.slice(8, 10))}, ${due.slice(0, 4)}`;
export const shownCost = (cost: number): string =>
  `$${cost.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** What a job that reads number, subject, status, assignee, due and cost of `/rfis` must have in the end, in order. */
export const goldenRows = (total: number): Record<string, string | number>[] =>
  Array.from({ length: total }, (_, i) => {
    const { number, subject, status, assignee, due, cost } = rfi(i + 1);
    return { number, subject, status, assignee, due, cost };
  });

/** Steps of a job that reads every page of the list, and of it what `goldenRows` has. */
export const listSteps = (origin: string): string => `  - goto: ${origin}/rfis
  - id: rfis
    forEachPage: { next: { role: link, name: Next } }
    extract:
      rows: table tbody tr
      key: number
      fields:
        number: { column: Number }
        subject: { column: Subject }
        status: { column: Status }
        assignee: { column: Assignee }
        due: { column: Due, as: date }
        cost: { column: Cost, as: money }
`;
