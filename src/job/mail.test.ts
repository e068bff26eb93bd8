import { rebalance } from "../rebalance.ts";
import { jobOf, scriptedWorld } from "../testing/scripted-world.ts";

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
