/** The version of automem, from package.json. */
import manifest from "../../package.json";

export const version: string = manifest.version;
