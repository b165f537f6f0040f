import { createHash } from 'node:crypto';
import type { CopiedTable } from './tables.ts';

/** Counts rows and adds up their hashes, so that the order of the rows does not matter. */
export const createChecksum = ({ columns }: CopiedTable) => {
  const sum = new Uint8Array(32);
  let rows = 0;
  return {
    /** @param values As Postgres gets or returns them, in the order of the columns. */
    add(values: readonly unknown[]): void {
      const canonical = columns.map((column, index) => column.canonical(values[index]));
      const hash = createHash('sha256').update(JSON.stringify(canonical)).digest();
      rows += 1;
      for (let at = 0, carry = 0; at < sum.length; at += 1) {
        const added = (sum[at] ?? 0) + (hash[at] ?? 0) + carry;
        sum[at] = added & 0xff;
        carry = added >> 8;
      }
    },
    result: (): { rows: number; checksum: string } => ({ rows, checksum: Buffer.from(sum).toString('hex') }),
  };
};
