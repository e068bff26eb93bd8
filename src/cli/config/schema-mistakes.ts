import { type Mistake, shown } from "./mistake.ts";
import { schema } from "./schema.ts";
import { valueAt } from "./value-at.ts";

type Issue = NonNullable<ReturnType<typeof schema.safeParse>["error"]>["issues"][number];

/** Keys of earlier versions, and what says it now. */
const renamed: Readonly<Record<string, string>> = {
  "portfolio.close_unlisted": 'now called unlisted: write unlisted = "close" for true, "report" for false',
};

/** What the schema finds wrong with one value, in words for whoever wrote it. `raw`: the whole file as it was parsed. */
export function schemaMistakes(issue: Issue, raw: unknown): readonly Mistake[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.path).join(", ");
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      what: renamed[[...issue.path, key].join(".")] ?? `no such key; expected one of: ${known}`,
    }));
  }
  const value = valueAt(raw, issue.path);
  if (value === undefined) return [{ path: issue.path, what: `missing: ${plain(issue.message)}` }];
  const [table] = issue.path;
  if (
    issue.code === "invalid_type" &&
    issue.expected === "array" &&
    issue.path.length === 1 &&
    isTable(value)
  )
    return [
      { path: issue.path, what: `expected [[${String(table)}]] in double brackets, not [${String(table)}]` },
    ];
  return [{ path: issue.path, what: `${plain(issue.message)}, not ${shown(issue.path, value)}` }];
}

function isTable(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Our own messages say "expected …" already; what zod says of a whole table does too, behind its "Invalid input: ". */
function plain(message: string): string {
  return message
    .replace(/^Invalid input: /, "")
    .replace(/, received .*$/, "")
    .replace("expected object", "expected a table");
}

/** The keys that the schema knows at a path. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = schema;
  for (const key of path) {
    const inner = unwrapped(at);
    at = typeof key === "number" ? inner.element : inner.shape?.[String(key)];
  }
  return Object.keys(unwrapped(at).shape ?? {});
}

interface Node {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
}

function unwrapped(node: unknown): Node {
  const inner =
    (node as { unwrap?: () => unknown; element?: unknown }).element === undefined
      ? (node as { unwrap?: () => unknown }).unwrap?.()
      : undefined;
  return inner === undefined ? (node as Node) : unwrapped(inner);
}
