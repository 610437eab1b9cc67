/** crc-32 describes only its main module; this one has the same shape. */
declare module 'crc-32/crc32c.js' {
  const crc32c: {
    /** @returns a signed 32-bit integer */
    buf(data: Uint8Array, seed?: number): number;
  };
  export default crc32c;
}
