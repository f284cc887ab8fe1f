/**
 * Rewrites a WebAssembly program so that it cannot run without end: every turn of a loop and every byte of a bulk memory operation is
 * paid from one exported counter, and an empty counter traps.
 * QuickJS asks its interrupt handler between byte codes and inside the regex engine, but not inside other native loops (`indexOf`,
 * `BigInt`, `sort`, `fill`): a single call there can run for minutes. Metering bounds them all, and the count is the same on every machine.
 * Source of the idea: gas metering of smart contracts (paritytech/wasm-instrument); binary format: WebAssembly core specification, section 5.
 */
import { ScaffoldError } from "../../core/errors.ts";
import { WasmReader, WasmWriter } from "./wasm-bytes.ts";

/** Name under which the counter is exported: a mutable i32 global. */
export const fuelExport = "automem_fuel";

/** Name under which the program's first global is exported: where its toolchain keeps the stack pointer. */
export const stackExport = "automem_stack";

/** Section ids of a module. */
const section = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;

/** A mutable i32 that starts full (2^31 - 1): the program's own start code runs before the host can fill it. */
const fuelGlobal = [0x7f, 0x01, 0x41, 0xff, 0xff, 0xff, 0xff, 0x07, 0x0b];

/** Bytes a bulk memory operation moves for one unit of fuel. */
const bulkShift = 6;

/** The same program, metered. Deterministic. Throws `ScaffoldError` (`bad-wasm`) on an instruction it does not know. */
export function meterWasm(program: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(program);
  const types = parameterCounts(bodyOf(sections, section.type));
  const functionTypes = readIndexes(bodyOf(sections, section.function));
  const fuelIndex = importedGlobals(bodyOf(sections, section.import)) + countOf(bodyOf(sections, section.global));
  const output = new WasmWriter();
  output.bytes(program.subarray(0, 8));
  for (const { id, body } of sections) {
    if (id === section.global) output.section(id, appendEntries(body, [fuelGlobal]));
    else if (id === section.export) {
      output.section(id, appendEntries(body, [exportEntry(fuelExport, fuelIndex), exportEntry(stackExport, 0)]));
    } else if (id === section.code) output.section(id, meterCode(body, functionTypes, types, fuelIndex));
    else output.section(id, body);
  }
  return output.finish();
}

interface Section {
  id: number;
  body: Uint8Array;
}

function readSections(program: Uint8Array): Section[] {
  const reader = new WasmReader(program, 8);
  const sections: Section[] = [];
  while (!reader.atEnd()) sections.push({ id: reader.byte(), body: reader.take(reader.unsigned()) });
  return sections;
}

function bodyOf(sections: Section[], id: number): Uint8Array {
  const found = sections.find((each) => each.id === id);
  if (!found) throw badWasm(`section ${id} is missing`);
  return found.body;
}

function countOf(body: Uint8Array): number {
  return new WasmReader(body).unsigned();
}

function parameterCounts(body: Uint8Array): number[] {
  const reader = new WasmReader(body);
  return Array.from({ length: reader.unsigned() }, () => {
    if (reader.byte() !== 0x60) throw badWasm("a type is not a function type");
    const parameters = reader.unsigned();
    reader.skip(parameters);
    reader.skip(reader.unsigned());
    return parameters;
  });
}

function readIndexes(body: Uint8Array): number[] {
  const reader = new WasmReader(body);
  return Array.from({ length: reader.unsigned() }, () => reader.unsigned());
}

function importedGlobals(body: Uint8Array): number {
  const reader = new WasmReader(body);
  let globals = 0;
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    reader.skip(reader.unsigned());
    reader.skip(reader.unsigned());
    const kind = reader.byte();
    if (kind === 0) reader.unsigned();
    else if (kind === 3) {
      reader.skip(2);
      globals += 1;
    } else if (kind === 2) {
      if (reader.byte() === 1) reader.pair();
      else reader.unsigned();
    } else throw badWasm("an import is neither function, memory nor global");
  }
  return globals;
}

/** A vector section with more entries at its end. */
function appendEntries(body: Uint8Array, entries: readonly (readonly number[])[]): Uint8Array {
  const reader = new WasmReader(body);
  const writer = new WasmWriter();
  writer.unsigned(reader.unsigned() + entries.length);
  writer.bytes(reader.rest());
  for (const entry of entries) writer.bytes(Uint8Array.from(entry));
  return writer.finish();
}

function exportEntry(exportName: string, globalIndex: number): number[] {
  const name = [...new TextEncoder().encode(exportName)];
  const writer = new WasmWriter();
  writer.unsigned(globalIndex);
  return [name.length, ...name, 3, ...writer.finish()];
}

function meterCode(body: Uint8Array, functionTypes: number[], types: number[], fuelIndex: number): Uint8Array {
  const reader = new WasmReader(body);
  const writer = new WasmWriter();
  const count = reader.unsigned();
  writer.unsigned(count);
  for (let index = 0; index < count; index += 1) {
    const metered = meterFunction(reader.take(reader.unsigned()), types[functionTypes[index]!]!, fuelIndex);
    writer.unsigned(metered.length);
    writer.bytes(metered);
  }
  return writer.finish();
}

/** One function body: one more i32 local (for the length of a bulk operation), and a charge at each loop and bulk operation. */
function meterFunction(body: Uint8Array, parameters: number, fuelIndex: number): Uint8Array {
  const reader = new WasmReader(body);
  const writer = new WasmWriter();
  const groups = reader.unsigned();
  writer.unsigned(groups + 1);
  let locals = parameters;
  for (let group = 0; group < groups; group += 1) {
    const size = reader.unsigned();
    locals += size;
    writer.unsigned(size);
    writer.bytes(Uint8Array.of(reader.byte()));
  }
  writer.bytes(Uint8Array.of(1, 0x7f));
  const charge = chargeCode(fuelIndex, [0x41, 1]);
  const bulkCharge = chargeBulk(fuelIndex, locals);
  let copied = reader.position;
  while (!reader.atEnd()) {
    const start = reader.position;
    const kind = skipInstruction(reader);
    if (kind === "plain") continue;
    const end = kind === "bulk" ? start : reader.position;
    writer.bytes(body.subarray(copied, end));
    writer.bytes(kind === "bulk" ? bulkCharge : charge);
    copied = end;
  }
  writer.bytes(body.subarray(copied));
  return writer.finish();
}

/** `fuel -= amount; if (fuel < 0) trap`. */
function chargeCode(fuelIndex: number, amount: readonly number[]): Uint8Array {
  const writer = new WasmWriter();
  const global = (opcode: number) => {
    writer.bytes(Uint8Array.of(opcode));
    writer.unsigned(fuelIndex);
  };
  global(0x23);
  writer.bytes(Uint8Array.from([...amount, 0x6b]));
  global(0x24);
  global(0x23);
  writer.bytes(Uint8Array.of(0x41, 0, 0x48, 0x04, 0x40, 0x00, 0x0b));
  return writer.finish();
}

/** The same with the length on the stack, in units of `2 ** bulkShift` bytes; leaves the length where it was. */
function chargeBulk(fuelIndex: number, local: number): Uint8Array {
  const index = new WasmWriter();
  index.unsigned(local);
  const at = [...index.finish()];
  const writer = new WasmWriter();
  writer.bytes(Uint8Array.from([0x21, ...at]));
  writer.bytes(chargeCode(fuelIndex, [0x20, ...at, 0x41, bulkShift, 0x76]));
  writer.bytes(Uint8Array.from([0x20, ...at]));
  return writer.finish();
}

/** Moves past one instruction and says whether it must be paid for. */
function skipInstruction(reader: WasmReader): "plain" | "loop" | "bulk" {
  const opcode = reader.byte();
  if (opcode === 0x03) {
    reader.signed();
    return "loop";
  }
  if (opcode === 0xfc) return skipPrefixed(reader);
  if (opcode === 0x02 || opcode === 0x04) reader.signed();
  else if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10) reader.unsigned();
  else if (opcode === 0x0e) for (let left = reader.unsigned() + 1; left > 0; left -= 1) reader.unsigned();
  else if (opcode === 0x11) reader.pair();
  else if (opcode >= 0x20 && opcode <= 0x26) reader.unsigned();
  else if (opcode >= 0x28 && opcode <= 0x3e) reader.pair();
  else if (opcode === 0x3f || opcode === 0x40) reader.unsigned();
  else if (opcode === 0x41 || opcode === 0x42) reader.signed();
  else if (opcode === 0x43) reader.skip(4);
  else if (opcode === 0x44) reader.skip(8);
  else if (!hasNoImmediate(opcode)) throw badWasm(`instruction 0x${opcode.toString(16)} is not known`);
  return "plain";
}

function hasNoImmediate(opcode: number): boolean {
  if (opcode >= 0x45 && opcode <= 0xc4) return true;
  return [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b].includes(opcode);
}

function skipPrefixed(reader: WasmReader): "plain" | "bulk" {
  const opcode = reader.unsigned();
  if (opcode <= 7) return "plain";
  if (opcode === 10) reader.pair();
  else if (opcode === 11) reader.unsigned();
  else throw badWasm(`instruction 0xfc ${opcode} is not known`);
  return "bulk";
}

function badWasm(what: string): ScaffoldError {
  return new ScaffoldError(
    `The sandbox program could not be metered: ${what}. Use the version of the QuickJS package that this release was made with.`,
    { code: "bad-wasm" },
  );
}
