import * as z from "zod";

/** Keys that every fault has, whatever it does: when it strikes. */
const when = {
  name: word("a name of letters, digits and -").optional(),
  on: word("the name of a message, or connect, start, ready, time, command"),
  at: instantText().optional(),
  nth: whole(1, 1_000_000).default(1),
  times: z
    .union([z.literal("always"), z.int().min(1)], {
      error: 'expected "always" or a whole number from 1 on',
    })
    .default(1),
  for_seconds: seconds().optional(),
  where: values().default({}),
  after: word("the name of a fault").optional(),
  until: word("the name of a fault").optional(),
};

const error = { code: whole(0, 99_999), text: anyText("the text of the error") };

/** One table of a scenario file: when, what, and what that needs. */
export const faultSchema = z.discriminatedUnion(
  "do",
  [
    z.strictObject({ ...when, do: z.literal("lose") }),
    z.strictObject({
      ...when,
      do: z.literal("repeat"),
      count: whole(1, 1_000).default(1),
      set: values().default({}),
    }),
    z.strictObject({
      ...when,
      do: z.literal("change"),
      set: values().default({}),
      add: numbers().default({}),
      multiply: numbers().default({}),
    }),
    z.strictObject({ ...when, do: z.literal("drop-algorithm") }),
    z.strictObject({ ...when, do: z.literal("hold"), messages: whole(1, 1_000).default(1) }),
    z.strictObject({ ...when, do: z.literal("delay"), milliseconds: whole(1, 3_600_000) }),
    z.strictObject({ ...when, ...error, do: z.literal("reject") }),
    z.strictObject({ ...when, ...error, do: z.literal("warn") }),
    z.strictObject({ ...when, ...error, do: z.literal("notice") }),
    z.strictObject({
      ...when,
      do: z.literal("say"),
      messages: z.array(anyText('a message whose fields end in "|"').regex(/^\d+\|(.*\|)?$/s)).min(1),
      instead: z.boolean({ error: "expected true or false" }).default(false),
    }),
    z.strictObject({
      ...when,
      do: z.literal("disconnect"),
      when: z.enum(["before", "after"], { error: 'expected "before" or "after"' }).default("before"),
      reset: z.boolean({ error: "expected true or false" }).default(false),
    }),
    z.strictObject({ ...when, do: z.literal("freeze") }),
    z.strictObject({ ...when, do: z.literal("keep") }),
    z.strictObject({ ...when, do: z.literal("release") }),
    z.strictObject({
      ...when,
      do: z.literal("order"),
      symbol: anyText("a symbol"),
      action: z.enum(["BUY", "SELL"], { error: 'expected "BUY" or "SELL"' }),
      shares: whole(1, 1_000_000_000),
      limit_price: z.number({ error: "expected a price" }).positive("expected a price").optional(),
      account: anyText("an account").optional(),
    }),
    z.strictObject({
      ...when,
      do: z.literal("delay-quotes"),
      silent: z.boolean({ error: "expected true or false" }).default(false),
    }),
    z.strictObject({ ...when, do: z.literal("forget-quotes") }),
    z.strictObject({
      ...when,
      do: z.literal("restart"),
      down_seconds: seconds().default(0),
      down_connections: whole(0, 1_000).default(0),
      roll_back_ids: whole(0, 1_000_000).default(0),
    }),
  ],
  { error: "expected one of the things that can go wrong (docs/scenarios.md)" },
);

/** A scenario file. */
export const scenarioSchema = z.strictObject({
  about: anyText("a sentence about what goes wrong"),
  fault: z.array(faultSchema, { error: "expected [[fault]] tables" }).default([]),
});

/** A fault as it is written, its defaults filled in. */
export type WrittenFault = z.infer<typeof faultSchema>;

function word(what: string) {
  const message = `expected ${what}`;
  return z.string({ error: message }).regex(/^[A-Za-z][A-Za-z0-9-]*$/, { error: message });
}

function anyText(what: string) {
  const message = `expected ${what}`;
  return z.string({ error: message }).min(1, { error: message });
}

function whole(min: number, max: number) {
  const message = `expected a whole number from ${min} to ${max}`;
  return z.int({ error: message }).min(min, { error: message }).max(max, { error: message });
}

function seconds() {
  const message = "expected a number of seconds from 0 to 86400";
  return z.number({ error: message }).min(0, { error: message }).max(86_400, { error: message });
}

function numbers() {
  return z.record(z.string(), z.number(), { error: "expected a table of numbers" });
}

function values() {
  return z.record(z.string(), z.string(), { error: 'expected a table of texts such as { symbol = "AAPL" }' });
}

/** With its offset: whoever writes a time means a zone. */
function instantText() {
  const message = "expected an instant with its offset such as 2022-03-14T10:00:00-04:00";
  return z
    .union([z.string(), z.date().transform((date) => date.toISOString())], { error: message })
    .refine((text) => /(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)), {
      error: message,
    });
}
