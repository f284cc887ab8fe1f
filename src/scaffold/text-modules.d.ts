/** Files that are imported as text or as a path, and travel inside the compiled binary. */
declare module "*.guest.js" {
  const text: string;
  export default text;
}
declare module "@jitl/quickjs-wasmfile-release-sync/wasm" {
  const path: string;
  export default path;
}
