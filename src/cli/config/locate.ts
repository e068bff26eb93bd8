import { type AST, parseTOML } from "toml-eslint-parser";

/** A place in a text, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where a path of keys stands in a TOML text, or else its nearest parent; undefined when neither is there. */
export type Locate = (path: readonly PropertyKey[]) => Place | undefined;

/** Reads a TOML text once, to look up places in it. Throws what the parser throws on a text that is not TOML. */
export function places(text: string): Locate {
  const known = new Map<string, Place>();
  // The first place wins: a table that is opened before its keys, an array element before what is in it.
  const see = (path: readonly PropertyKey[], node: AST.TOMLNode): void => {
    const name = nameOf(path);
    if (!known.has(name)) known.set(name, { line: node.loc.start.line, column: node.loc.start.column + 1 });
  };
  const keyValue = (node: AST.TOMLKeyValue, base: readonly (string | number)[]): void => {
    const full = [...base, ...node.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value))];
    for (let depth = base.length + 1; depth <= full.length; depth++) see(full.slice(0, depth), node.key);
    value(node.value, full);
  };
  const value = (node: AST.TOMLContentNode, full: readonly (string | number)[]): void => {
    if (node.type === "TOMLInlineTable") for (const child of node.body) keyValue(child, full);
    if (node.type !== "TOMLArray") return;
    node.elements.forEach((element, index) => {
      see([...full, index], element);
      value(element, [...full, index]);
    });
  };
  for (const node of parseTOML(text, { tomlVersion: "1.1" }).body[0].body) {
    if (node.type === "TOMLKeyValue") keyValue(node, []);
    else {
      for (let depth = 1; depth <= node.resolvedKey.length; depth++)
        see(node.resolvedKey.slice(0, depth), node);
      for (const child of node.body) keyValue(child, node.resolvedKey);
    }
  }
  return (path) => {
    for (let depth = path.length; depth > 0; depth--) {
      const place = known.get(nameOf(path.slice(0, depth)));
      if (place) return place;
    }
    return undefined;
  };
}

function nameOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}
