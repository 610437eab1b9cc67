/** What a pickle becomes here: plain data. No class of the file is looked up, no function is called. */

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | List
  | Dict
  | Float
  | Global
  | Instance
  | StorageRef
  | TensorRef;

/** A number that is written as a float, whole or not. Reading gives plain numbers. */
export class Float {
  constructor(readonly value: number) {}
}

export class List {
  constructor(readonly items: Value[] = []) {}
}

export class Tuple extends List {}

/** A dictionary, in its order. A Map, so that no key means anything to JavaScript. */
export class Dict {
  constructor(readonly entries: Map<Value, Value> = new Map()) {}
}

/** `collections.OrderedDict` */
export class OrderedDict extends Dict {}

/** The name of a class or function. It stays a name. */
export class Global {
  constructor(
    readonly module: string,
    readonly member: string,
  ) {}

  get name(): string {
    return `${this.module} ${this.member}`;
  }
}

/** Something made by a class or function: what was handed to it, and its attributes. Never made. */
export class Instance {
  state: Value = null;
  /** what was set by key, in subclasses of a dictionary */
  items: Dict | undefined;

  constructor(
    readonly global: Global,
    readonly args: List,
  ) {}
}

/** A reference to raw numbers in the file. */
export class StorageRef {
  constructor(
    /** e.g. `FloatStorage` */
    readonly type: string,
    readonly key: string,
    /** elements of the storage */
    readonly elements: number,
    /** first element and count of the part that it stands for, of all elements */
    readonly start: number,
    readonly count: number,
  ) {}
}

/** A tensor: a view of a storage. Offset and strides count elements. */
export class TensorRef {
  constructor(
    readonly storage: StorageRef,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}
