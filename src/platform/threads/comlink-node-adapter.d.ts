/** comlink types this file as `node-adapter`, but Node finds it only by its whole name. */
declare module 'comlink/dist/esm/node-adapter.mjs' {
  export { default } from 'comlink/dist/esm/node-adapter';
}
