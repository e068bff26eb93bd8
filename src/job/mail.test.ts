import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { aSessionSoFar } from "../testing/outcome-builder.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import type { Session } from "../trading/session.ts";

const broken = () => Promise.reject(new Error("the disk is gone"));
const openHandled = ["2022-03-14 open"];

describe("mails", () => {
  it("of a run that broke because the history cannot be read are sent all the same", async () => {
    const scripted = scriptedWorld({ handled: openHandled });
    const store = { ...scripted.world.store, history: broken };
    const outcome = await rebalance(jobOf(), { ...scripted.world, store });
    expect(outcome).toMatchObject({ verdict: "crashed", crash: expect.stringContaining("the disk is gone") });
    expect(scripted.notices).toMatchObject([{ kind: "alert", outcome: { verdict: "crashed" } }]);
    expect(scripted.events.at(-1)).toMatchObject({ kind: "run-ended", verdict: "crashed" });
  });

  it("whose record cannot be read neither stop a run nor leave twice, and the trouble is told", async () => {
    const scripted = scriptedWorld();
    const mailer = { ...scripted.world.mailer, handled: broken };
    const outcome = await rebalance(jobOf(), { ...scripted.world, mailer });
    expect(outcome.verdict).toBe("done");
    expect(scripted.acts).toContain("place buy AAA 6000");
    expect(scripted.notices).toEqual([]);
    expect(scripted.events).toContainEqual({
      kind: "mail-kept",
      key: outcome.run.id,
      subject: "the session's update",
      reason: "Error: the disk is gone",
    });
    expect(scripted.events.at(-1)).toMatchObject({ kind: "run-ended", verdict: "done" });
  });

  it("carry what the session came to so far, as it is on record after the run's end", async () => {
    const scripted = scriptedWorld();
    const sessionSoFar = async (account: string, session: Session) => {
      expect(scripted.finished).toHaveLength(1);
      expect([account, session.on]).toEqual(["DU1234567", "2022-03-14"]);
      return aSessionSoFar();
    };
    await rebalance(jobOf(), { ...scripted.world, store: { ...scripted.world.store, sessionSoFar } });
    expect(scripted.notices).toMatchObject([{ kind: "update", soFar: aSessionSoFar() }]);
  });

  it("of a run that owes no update ask the history for no totals", async () => {
    const scripted = scriptedWorld({ handled: openHandled });
    const store = { ...scripted.world.store, sessionSoFar: broken };
    await rebalance(jobOf(), { ...scripted.world, store });
    expect(scripted.events.map(({ kind }) => kind)).not.toContain("mail-kept");
  });

  it("without the session's totals stay due: a run is not turned into a crash, and the trouble is told", async () => {
    const scripted = scriptedWorld();
    const store = { ...scripted.world.store, sessionSoFar: broken };
    const outcome = await rebalance(jobOf(), { ...scripted.world, store });
    expect(outcome.verdict).toBe("done");
    expect(scripted.notices).toEqual([]);
    expect(scripted.events).toContainEqual({
      kind: "mail-kept",
      key: outcome.run.id,
      subject: "the session's update",
      reason: "Error: the disk is gone",
    });
  });

  it("that cannot be delivered for a reason that nobody foresaw do not turn a good run into a crash", async () => {
    const scripted = scriptedWorld();
    const mailer = { ...scripted.world.mailer, deliver: broken };
    const outcome = await rebalance(jobOf(), { ...scripted.world, mailer });
    expect(outcome.verdict).toBe("done");
    expect(scripted.events).toContainEqual({
      kind: "mail-kept",
      key: outcome.run.id,
      subject: "the mails of this run",
      reason: "Error: the disk is gone",
    });
    expect(scripted.events.at(-1)).toMatchObject({ kind: "run-ended", verdict: "done" });
  });
});
