import type { BeforeSend } from "../ports.ts";

/** Nothing to write down, and no reason to hold an order back. */
export const sendAll: BeforeSend = async () => undefined;
