import { Announcer } from "./announcer.ts";

describe("an announcer", () => {
  it("tells everybody everything in one order, also what a listener causes", () => {
    const announcer = new Announcer<string>();
    const heard: string[][] = [[], []];
    announcer.subscribe((event) => heard[0]?.push(event));
    announcer.subscribe((event) => {
      if (event === "filled") announcer.tell("cancelled", "books of the cancel");
    });
    announcer.subscribe((event) => heard[1]?.push(event));
    announcer.tell("filled", "books of the fill");
    const order = ["filled", "books of the fill", "cancelled", "books of the cancel"];
    expect(heard).toEqual([order, order]);
  });

  it("goes on with the next event when a listener has thrown", () => {
    const announcer = new Announcer<string>();
    const heard: string[] = [];
    announcer.subscribe((event) => {
      heard.push(event);
      if (event === "one") throw new RangeError("listener");
    });
    expect(() => announcer.tell("one", "two")).toThrow("listener");
    announcer.tell("three");
    expect(heard).toEqual(["one", "two", "three"]);
  });
});
