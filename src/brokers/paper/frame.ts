/** The largest frame that TWS or its clients accept, in bytes. */
export const frameBytesMax = 0xffffff;

const lengthBytes = 4;

/** The bytes are not what the protocol allows: the connection cannot be understood any further. */
export class BrokenStream extends Error {}

/**
 * Cuts a stream of bytes into frames: a length of four bytes, most significant first, then so many bytes of payload. The
 * stream may arrive split and merged at any byte.
 */
export class FrameReader {
  readonly #chunks: Buffer[] = [];
  #heldBytes = 0;

  /** Takes bytes in. Frames that are complete with them come out of `next`. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
  }

  /** The next complete payload, undefined while it has not all arrived. Throws BrokenStream on an impossible length. */
  next(): Buffer | undefined {
    if (this.#heldBytes < lengthBytes) return undefined;
    const length = this.#joined(lengthBytes).readUInt32BE(0);
    if (length === 0 || length > frameBytesMax) throw new BrokenStream(`a frame of ${length} bytes`);
    if (this.#heldBytes < lengthBytes + length) return undefined;
    const held = this.#joined(lengthBytes + length);
    const payload = held.subarray(lengthBytes, lengthBytes + length);
    this.#chunks[0] = held.subarray(lengthBytes + length);
    this.#heldBytes -= lengthBytes + length;
    return payload;
  }

  /** The first chunk, after it has been made to hold at least so many bytes: chunks are only joined when that completes something. */
  #joined(bytes: number): Buffer {
    const first = this.#chunks[0];
    if (first && first.length >= bytes) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks.splice(0, this.#chunks.length, all);
    return all;
  }
}

/** A payload with its length in front. Throws RangeError when it is larger than any client accepts. */
export function frameOf(payload: string): Buffer {
  const length = Buffer.byteLength(payload, "utf8");
  if (length > frameBytesMax) throw new RangeError(`a frame of ${length} bytes`);
  const frame = Buffer.allocUnsafe(lengthBytes + length);
  frame.writeUInt32BE(length, 0);
  frame.write(payload, lengthBytes, "utf8");
  return frame;
}
