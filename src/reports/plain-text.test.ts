import { counted, fileName, listed, plainText, shortened } from "./plain-text.ts";

it("lets no control character through: no terminal escape, no forged header, no turned reading direction", () => {
  expect(plainText("a\u001b[31mred\r\nBcc: x@example.com")).toBe("a [31mred Bcc: x@example.com");
  expect(plainText("AAPL\u202Egnp.exe")).toBe("AAPL gnp.exe");
  expect(plainText("Grüße, Zürich 株")).toBe("Grüße, Zürich 株");
});

it("cuts by whole characters and says so", () => {
  expect(shortened("short", 5)).toBe("short");
  expect(shortened("a😀bcdef", 4)).toBe("a😀b…");
});

it("lists, counts and names", () => {
  expect(listed(["A", "B", "C"], 2)).toBe("A, B and 1 more");
  expect(listed(["A", "B"], 2)).toBe("A, B");
  expect([counted(1, "order"), counted(1234, "order"), counted(2, "entry", "entries")]).toEqual([
    "1 order",
    "1,234 orders",
    "2 entries",
  ]);
  expect([fileName("/a/b/c.csv"), fileName("c.csv")]).toEqual(["c.csv", "c.csv"]);
});
