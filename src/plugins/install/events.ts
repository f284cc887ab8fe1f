/** What an installation says while it goes on. */

export type InstallPhase = "plan" | "source" | "system" | "environment" | "packages" | "assets" | "verify" | "done";

export interface InstallEvent {
  phase: InstallPhase;
  /** One line for people. */
  message: string;
  /** Something the user should know though the installation goes on. */
  warning?: boolean;
  /** Steps (or bytes, while an asset comes) done, of `total` where that is known. */
  done?: number;
  total?: number;
}

export type InstallListener = (event: InstallEvent) => void;
