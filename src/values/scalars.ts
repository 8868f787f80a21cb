/** A 64 bit float; a class of its own, so that 2 and 2.0 stay apart. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  get typeName(): string {
    return 'float';
  }
}

/** A value of type bytes; the bytes are the chars of a string, as in a str. */
export class Bytes {
  readonly bytes: string;

  constructor(bytes: string) {
    this.bytes = bytes;
  }

  get typeName(): string {
    return 'bytes';
  }
}
