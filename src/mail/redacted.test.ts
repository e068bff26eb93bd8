import { redacted } from "./redacted.ts";

const secret = "pass word/42";

it("S13: takes a secret out as it is, in a link, and in base64 at any offset", () => {
  const echoes = [
    `no such login: ${secret}.`,
    `smtp://desk:${encodeURIComponent(secret)}@host`,
    ...["", "d", "de", "des"].map((user) => Buffer.from(`\0${user}\0${secret}`).toString("base64")),
  ];
  for (const echo of echoes) {
    const clean = redacted(echo, [secret]);
    expect(clean).toContain("(secret)");
    for (const base64 of clean.match(/[A-Za-z0-9+/=]{8,}/g) ?? [])
      expect(Buffer.from(base64, "base64").toString("latin1")).not.toContain("pass word");
  }
});

it("leaves everything else as it was, also when there is no secret worth the name", () => {
  expect(redacted("535 no such user", [secret])).toBe("535 no such user");
  expect(redacted("535 no such user", ["", "us"])).toBe("535 no such user");
});
