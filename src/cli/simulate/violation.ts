/** What must be so after every run, whatever happened in it. */
export const invariants = [
  "no order reference is sent twice",
  "nothing is sent that is not on record",
  "filled and pending shares stay within what the run wanted",
  "a changed order asks for all that the run wanted",
  "every execution is booked once, and no other",
  "a held run sends nothing",
  "a window is traded once",
  "nothing goes beyond a limit",
  "cash is never owed where borrowing is off",
  "closing and protective orders take no more than is held",
  "nothing is sent while trading is halted",
  "what is not explained is not traded",
  "the records equal the broker's books after a healthy run",
  "every run disconnects and releases the lock",
  "no run hangs",
  "one run at a time",
  "no run breaks off by itself",
  "trading goes on without a person when faults have stopped",
  "what is wanted is held or at work when faults have stopped",
  "what a person must decide is named",
] as const;

export type Invariant = (typeof invariants)[number];

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}
