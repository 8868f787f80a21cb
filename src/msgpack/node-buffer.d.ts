/** Methods that every Node.js Buffer has and its type declarations leave out; they skip the look-up of the encoding by name. */
interface Buffer {
  base64Slice(start?: number, end?: number): string;
  latin1Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
}
