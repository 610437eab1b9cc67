/**
 * An inert reader of pickles (protocol 2, as PyTorch writes them).
 *
 * It knows the opcodes that model files use, and no others. It has a stack of values and no recursion. Its work
 * and memory are bounded by the size of the file. Globals become names (globals.ts), calls become data
 * (reduce.ts). Format: pickletools.py of CPython.
 */

import { ImportError } from '../import/errors';
import { isAllowed } from './globals';
import { persistent, reduced } from './reduce';
import { Dict, Global, Instance, List, type StorageRef, Tuple, type Value } from './values';

/** The values of a small checkpoint number some 8000, its lists and dictionaries 1500. */
const LEAST_VALUES = 30_000;
const LEAST_CONTAINERS = 10_000;

export interface Unpickled {
  readonly value: Value;
  /** the byte after the pickle */
  readonly end: number;
}

/**
 * @param bytes holds a pickle from `start` on
 * @param fileSize of the whole file: more bytes allow more values
 * @param onStorage is told of every reference to a storage
 * @throws ImportError `pickle`
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  fileSize: number,
  onStorage: (storage: StorageRef) => void = () => {},
): Unpickled {
  const machine = new Machine(bytes, start, fileSize, onStorage);
  return { value: machine.run(), end: machine.at };
}

class Machine {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: Value[] = [];
  /** heights of the stack */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Value>();
  readonly #globals = new Map<string, Global>();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #values: number;
  #containers: number;

  constructor(
    bytes: Uint8Array,
    start: number,
    fileSize: number,
    readonly onStorage: (storage: StorageRef) => void,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.#values = LEAST_VALUES + fileSize / 8;
    this.#containers = LEAST_CONTAINERS + fileSize / 64;
  }

  run(): Value {
    for (;;) {
      if (this.at >= this.#bytes.length) throw broken('it ends without STOP');
      const code = this.#bytes[this.at++];
      if (code === STOP) return this.#pop();
      const operation = OPERATIONS.get(code);
      if (!operation)
        throw broken(
          `opcode 0x${code.toString(16).padStart(2, '0')} at byte ${this.at - 1} is not on the allow-list`,
        );
      operation(this);
    }
  }

  push(value: Value): void {
    this.#spend();
    this.#stack.push(value);
  }

  pushContainer(value: List | Dict | Instance): void {
    if (--this.#containers < 0) throw broken('it has more lists and dictionaries than a model of its size');
    this.push(value);
  }

  pop(): Value {
    return this.#pop();
  }

  top(): Value {
    if (this.#height() === this.#stack.length) throw broken('an operation on an empty stack');
    return this.#stack[this.#stack.length - 1];
  }

  mark(): void {
    this.#spend();
    this.#marks.push(this.#stack.length);
  }

  /** The values above the last mark; the mark is removed. */
  popToMark(): Value[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw broken('an operation on a missing mark');
    return this.#stack.splice(mark);
  }

  memoise(index: number): void {
    this.#spend();
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw broken(`it asks for entry ${index} of its memo, which is empty`);
    this.push(value);
  }

  byte(): number {
    return this.#bytes[this.#take(1)];
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Big-endian, as pickles have it. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A whole number of `length` bytes, two's complement. */
  long(length: number): number | bigint {
    const start = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[start + i]);
    const signed = BigInt.asIntN(8 * length, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  text(length: number): string {
    const start = this.#take(length);
    try {
      return this.#decoder.decode(this.#bytes.subarray(start, start + length));
    } catch (cause) {
      throw new ImportError('pickle', `pickled object: the text at byte ${start} is not UTF-8`, { cause });
    }
  }

  global(): Global {
    const module = this.#line();
    const member = this.#line();
    const key = `${module}\n${member}`;
    let global = this.#globals.get(key);
    if (!global) {
      global = new Global(module, member);
      if (!isAllowed(module, member))
        throw new ImportError('pickle', `pickled object: global "${global.name}" is not on the allow-list`, {
          remedy: 'nothing of the file was used; if you trust it, save only its weights and hyper-parameters',
        });
      this.#globals.set(key, global);
    }
    return global;
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0 || end - this.at > 200) throw broken('the name of a global does not end');
    const line = this.text(end - this.at);
    this.at++;
    return line;
  }

  #take(count: number): number {
    const start = this.at;
    if (start + count > this.#bytes.length) throw broken('it ends inside a value');
    this.at += count;
    return start;
  }

  #pop(): Value {
    const value = this.top();
    this.#stack.pop();
    return value;
  }

  /** What lies below the last mark is out of reach. */
  #height(): number {
    return this.#marks.length > 0 ? this.#marks[this.#marks.length - 1] : 0;
  }

  #spend(): void {
    if (--this.#values < 0) throw broken('it has more values than a model of its size');
  }
}

const STOP = 0x2e;
type Operation = (machine: Machine) => void;

const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, protocol],
  [0x7d, (m) => m.pushContainer(new Dict())], // EMPTY_DICT
  [0x5d, (m) => m.pushContainer(new List())], // EMPTY_LIST
  [0x29, (m) => m.push(EMPTY)], // EMPTY_TUPLE
  [0x28, (m) => m.mark()], // MARK
  [0x74, (m) => m.pushContainer(new Tuple(m.popToMark()))], // TUPLE
  [0x85, (m) => tuple(m, 1)], // TUPLE1
  [0x86, (m) => tuple(m, 2)], // TUPLE2
  [0x87, (m) => tuple(m, 3)], // TUPLE3
  [0x71, (m) => m.memoise(m.byte())], // BINPUT
  [0x72, (m) => m.memoise(m.uint32())], // LONG_BINPUT
  [0x68, (m) => m.recall(m.byte())], // BINGET
  [0x6a, (m) => m.recall(m.uint32())], // LONG_BINGET
  [0x58, (m) => m.push(m.text(m.uint32()))], // BINUNICODE
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x4b, (m) => m.push(m.byte())], // BININT1
  [0x4d, (m) => m.push(m.uint16())], // BININT2
  [0x47, (m) => m.push(m.float64())], // BINFLOAT
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4e, (m) => m.push(null)], // NONE
  [0x8a, (m) => m.push(m.long(m.byte()))], // LONG1
  [0x63, (m) => m.push(m.global())], // GLOBAL
  [0x52, reduce],
  [0x81, newObject],
  [0x62, build],
  [0x51, pushStorage], // BINPERSID
  [0x73, (m) => setItems(m, [m.pop(), m.pop()].reverse())], // SETITEM
  [0x75, (m) => setItems(m, m.popToMark())], // SETITEMS
  [0x61, (m) => append(m, [m.pop()])], // APPEND
  [0x65, (m) => append(m, m.popToMark())], // APPENDS
]);

/** Tuples do not change, so that one empty one is enough. */
const EMPTY = new Tuple();

function protocol(machine: Machine): void {
  const version = machine.byte();
  if (version !== 2) throw broken(`protocol ${version}, expected 2`);
}

function tuple(machine: Machine, count: number): void {
  const items = Array.from({ length: count }, () => machine.pop()).reverse();
  machine.pushContainer(new Tuple(items));
}

function reduce(machine: Machine): void {
  const args = machine.pop();
  const callee = machine.pop();
  if (!(callee instanceof Global && args instanceof List))
    throw broken('a call without function or arguments');
  pushMade(machine, reduced(callee, args));
}

function newObject(machine: Machine): void {
  const args = machine.pop();
  const type = machine.pop();
  if (!(type instanceof Global && args instanceof List)) throw broken('an object without class or arguments');
  machine.pushContainer(new Instance(type, args));
}

function pushStorage(machine: Machine): void {
  const storage = persistent(machine.pop());
  machine.onStorage(storage);
  machine.push(storage);
}

function pushMade(machine: Machine, value: Value): void {
  if (value instanceof List || value instanceof Dict || value instanceof Instance)
    machine.pushContainer(value);
  else machine.push(value);
}

/** Attributes of an object. Those of dictionaries and tensors are not needed. */
function build(machine: Machine): void {
  const state = machine.pop();
  const target = machine.top();
  if (target instanceof Instance) target.state = state;
  else if (target === null || typeof target !== 'object') throw broken('attributes of what has none');
}

function setItems(machine: Machine, values: readonly Value[]): void {
  const target = machine.top();
  if (values.length % 2 !== 0) throw broken('a key without a value');
  const dict = target instanceof Instance ? itemsOf(target) : target;
  if (!(dict instanceof Dict)) throw broken('keys of what is no dictionary');
  for (let i = 0; i < values.length; i += 2) dict.entries.set(values[i], values[i + 1]);
}

function itemsOf(instance: Instance): Dict {
  instance.items ??= new Dict();
  return instance.items;
}

function append(machine: Machine, values: readonly Value[]): void {
  const target = machine.top();
  if (!(target instanceof List) || target instanceof Tuple) throw broken('items of what is no list');
  for (const value of values) target.items.push(value);
}

function broken(problem: string): ImportError {
  return new ImportError('pickle', `pickled object: ${problem}`);
}
