/** Shorter ones would tear holes into ordinary words, and protect nothing. */
const shortestSecret = 4;

/**
 * The text without the secrets, also where a server or a library echoes them in base64 (SMTP sends sign-ins so, and the
 * password then starts at any of three offsets). S13: an error's text may contain the value that caused it.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap(formsOf)
    .toSorted((a, b) => b.length - a.length)
    .reduce((clean, form) => clean.replaceAll(form, "(secret)"), text);
}

function formsOf(secret: string): string[] {
  const shifted = ["", "x", "xx"].map((prefix) => {
    const bytes = Buffer.from(prefix + secret);
    const base64 = bytes.toString("base64").replace(/=+$/, "");
    // The first and last characters mix with the neighbours' bits.
    const start = prefix === "" ? 0 : prefix.length + 1;
    const end = bytes.length % 3 === 0 ? base64.length : base64.length - 1;
    return base64.slice(start, end);
  });
  return [secret, encodeURIComponent(secret), ...shifted].filter((form) => form.length >= shortestSecret);
}
